// xmtp.org/remoteStaticAttachment:1.0: a file kept elsewhere, encrypted; the message has address and key.

import { fromHex, fromUtf8, toHex, toUtf8 } from '@posthorn/bytes'
import { ProtocolError } from '@posthorn/errors'
import type { ContentCodec } from '../codec.ts'
import type { ContentTypeId } from '../content-type.ts'
import { fileFallback } from '../fallback.ts'
import { requireSafeUrl, requireWebUrl } from './attachment-url.ts'
import { badField, defined, type Fields, optionalTextField, textField } from './fields.ts'

/** Where an encrypted file lies and how to open it. `url` and `filename` come from the peer. */
export type RemoteStaticAttachment = {
  /** An https address, or http, which is only fetched when the application permits it. */
  readonly url: string
  /** Lower-case hex SHA-256 of the encrypted bytes. */
  readonly contentDigest: string
  /** HKDF salt, 32 bytes. */
  readonly salt: Uint8Array
  /** AES-GCM nonce, 12 bytes. */
  readonly nonce: Uint8Array
  /** HKDF input, 32 bytes. */
  readonly secret: Uint8Array
  /** `https://`, also written `https`; `url` is what counts. */
  readonly scheme: string
  /** Size of the encrypted bytes, as far as the sender states it. */
  readonly contentLength?: number
  /** Name of the file, as far as the sender states it; never a path to write to. */
  readonly filename?: string
}

/** `xmtp.org/remoteStaticAttachment:1.0`. */
export const remoteStaticAttachmentType: ContentTypeId = {
  authorityId: 'xmtp.org',
  typeId: 'remoteStaticAttachment',
  versionMajor: 1,
  versionMinor: 0,
}

/** Codec of remote attachments. Both directions throw `content/malformed`; only https is written, save to this machine. */
export const remoteStaticAttachmentCodec: ContentCodec<RemoteStaticAttachment> = {
  contentType: remoteStaticAttachmentType,
  encode: (remote) => ({
    type: remoteStaticAttachmentType,
    parameters: defined({
      contentDigest: remote.contentDigest,
      salt: toHex(remote.salt),
      nonce: toHex(remote.nonce),
      secret: toHex(remote.secret),
      scheme: remote.scheme,
      contentLength: remote.contentLength === undefined ? undefined : String(remote.contentLength),
      filename: remote.filename,
    }) as Record<string, string>,
    content: toUtf8(requireSafeUrl(remote.url)),
  }),
  decode: ({ parameters, content }) =>
    defined({
      url: requireWebUrl(fromUtf8(content)),
      contentDigest: toHex(hexField(parameters, 'contentDigest', 32)),
      salt: hexField(parameters, 'salt', 32),
      nonce: hexField(parameters, 'nonce', 12),
      secret: hexField(parameters, 'secret', 32),
      scheme: textField(parameters, 'scheme'),
      contentLength: lengthField(parameters),
      filename: optionalTextField(parameters, 'filename'),
    }),
  fallback: ({ filename }) => fileFallback(filename),
  shouldPush: () => true,
}

function hexField(fields: Fields, name: string, lengthBytes: number): Uint8Array {
  try {
    const bytes = fromHex(textField(fields, name))
    if (bytes.length === lengthBytes) return bytes
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
  }
  throw badField(name, `${lengthBytes} bytes of hex`)
}

// The first form had no length (XIP-18 added it), and clients that do not know it write -1, null or NaN.
function lengthField(fields: Fields): number | undefined {
  const text = optionalTextField(fields, 'contentLength') ?? ''
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
