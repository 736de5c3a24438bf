import { CodecError } from '@posthorn/errors'

const digits = new TextEncoder().encode('0123456789abcdef')
const ascii = new TextDecoder()
// Digests are laid out here: a text that grows digit by digit leaves ten times its size to the collector.
const space = new Uint8Array(64)

/** Lower-case hex without a `0x` prefix. */
export function toHex(bytes: Uint8Array): string {
  const length = 2 * bytes.length
  const codes = length === space.length ? space : new Uint8Array(length)
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0
    codes[2 * i] = digits[byte >> 4] ?? 0
    codes[2 * i + 1] = digits[byte & 15] ?? 0
  }
  const text = ascii.decode(codes)
  codes.fill(0)
  return text
}

/**
 * Bytes of a hex text, with or without `0x`, in either case.
 *
 * @throws CodecError `bytes/not-hex`
 */
export function fromHex(text: string): Uint8Array {
  const digits = text.startsWith('0x') ? text.slice(2) : text
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) {
    throw new CodecError('bytes/not-hex', 'Decode hex: expected an even number of digits 0-9 a-f')
  }
  const bytes = new Uint8Array(digits.length / 2)
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16)
  }
  return bytes
}
