// xmtp.org/remoteStaticAttachment:1.0: a file kept elsewhere, encrypted; the message has address and key.

import { fromHex, fromUtf8, toHex, toUtf8 } from '@posthorn/bytes'
import { ProtocolError } from '@posthorn/errors'
import type { ContentCodec } from '../codec.ts'
import type { ContentTypeId } from '../content-type.ts'
import { fileFallback } from '../fallback.ts'
import { badField, type Fields, textField } from './fields.ts'

/** Where an encrypted file lies and how to open it. `url` and `filename` come from the peer. */
export type RemoteStaticAttachment = {
  /** Always starts with `https`. */
  readonly url: string
  /** Lower-case hex SHA-256 of the encrypted bytes. */
  readonly contentDigest: string
  /** HKDF salt, 32 bytes. */
  readonly salt: Uint8Array
  /** AES-GCM nonce, 12 bytes. */
  readonly nonce: Uint8Array
  /** HKDF input, 32 bytes. */
  readonly secret: Uint8Array
  /** Always `https://`. */
  readonly scheme: string
  /** Size of the encrypted bytes as the sender states it. */
  readonly contentLength: number
  readonly filename: string
}

/** `xmtp.org/remoteStaticAttachment:1.0`. */
export const remoteStaticAttachmentType: ContentTypeId = {
  authorityId: 'xmtp.org',
  typeId: 'remoteStaticAttachment',
  versionMajor: 1,
  versionMinor: 0,
}

/** Codec of remote attachments. Both directions throw `content/malformed` for anything but https. */
export const remoteStaticAttachmentCodec: ContentCodec<RemoteStaticAttachment> = {
  contentType: remoteStaticAttachmentType,
  encode: (remote) => ({
    type: remoteStaticAttachmentType,
    parameters: {
      contentDigest: remote.contentDigest,
      salt: toHex(remote.salt),
      nonce: toHex(remote.nonce),
      secret: toHex(remote.secret),
      scheme: remote.scheme,
      contentLength: String(remote.contentLength),
      filename: remote.filename,
    },
    content: toUtf8(secureUrl(remote.url)),
  }),
  decode: ({ parameters, content }) => ({
    url: secureUrl(fromUtf8(content)),
    contentDigest: toHex(hexField(parameters, 'contentDigest', 32)),
    salt: hexField(parameters, 'salt', 32),
    nonce: hexField(parameters, 'nonce', 12),
    secret: hexField(parameters, 'secret', 32),
    scheme: textField(parameters, 'scheme'),
    contentLength: lengthField(parameters),
    filename: textField(parameters, 'filename'),
  }),
  fallback: ({ filename }) => fileFallback(filename),
  shouldPush: () => true,
}

function secureUrl(url: string): string {
  if (!url.startsWith('https')) throw badField('url', 'an https address')
  return url
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

function lengthField(fields: Fields): number {
  const text = textField(fields, 'contentLength')
  if (!/^\d{1,15}$/.test(text)) throw badField('contentLength', 'a decimal number')
  return Number(text)
}
