import { CodecError } from '@posthorn/errors'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** UTF-8 bytes of a text. */
export function toUtf8(text: string): Uint8Array {
  return encoder.encode(text)
}

/**
 * Text of UTF-8 bytes.
 *
 * @throws CodecError `bytes/not-utf8`
 */
export function fromUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new CodecError('bytes/not-utf8', 'Decode text: the bytes are not valid UTF-8', { cause })
  }
}
