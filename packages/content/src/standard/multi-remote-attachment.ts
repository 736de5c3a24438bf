// xmtp.org/multiRemoteStaticAttachment:1.0 (XIP-50): several files kept elsewhere, in one message.

import { fromHex, toHex } from '@posthorn/bytes'
import type { ContentCodec } from '../codec.ts'
import type { ContentTypeId } from '../content-type.ts'
import { requireSafeUrl, requireWebUrl } from './attachment-url.ts'
import { badField, defined } from './fields.ts'
import {
  bytesIn,
  messagesIn,
  numberIn,
  type ProtobufMessage,
  readProtobuf,
  textIn,
  unlessEmpty,
  writeProtobuf,
} from './protobuf.ts'
import type { RemoteStaticAttachment } from './remote-static-attachment.ts'

/** Several remote attachments in the order to show them. */
export type MultiRemoteAttachment = { readonly attachments: readonly RemoteStaticAttachment[] }

/** `xmtp.org/multiRemoteStaticAttachment:1.0`. */
export const multiRemoteAttachmentType: ContentTypeId = {
  authorityId: 'xmtp.org',
  typeId: 'multiRemoteStaticAttachment',
  versionMajor: 1,
  versionMinor: 0,
}

const maxContentLength = 0xffff_ffff

/** Codec of several remote attachments. Both directions throw `content/malformed`, as for a single one. */
export const multiRemoteAttachmentCodec: ContentCodec<MultiRemoteAttachment> = {
  contentType: multiRemoteAttachmentType,
  encode: ({ attachments }) => ({
    type: multiRemoteAttachmentType,
    parameters: {},
    content: writeProtobuf(attachments.map((attachment) => [1, writeAttachment(attachment)])),
  }),
  decode: ({ content }) => ({
    attachments: messagesIn(readProtobuf(content), 1).map(readAttachment),
  }),
  fallback: () =>
    "Can't display this content. This app doesn't support multiple remote attachments.",
  shouldPush: () => true,
}

function writeAttachment(remote: RemoteStaticAttachment): Uint8Array {
  return writeProtobuf([
    [1, unlessEmpty(remote.contentDigest)],
    [2, remote.secret],
    [3, remote.nonce],
    [4, remote.salt],
    [5, unlessEmpty(remote.scheme)],
    [6, requireSafeUrl(remote.url)],
    [7, remote.contentLength],
    [8, remote.filename],
  ])
}

function readAttachment(message: ProtobufMessage): RemoteStaticAttachment {
  return defined({
    url: requireWebUrl(textIn(message, 6) ?? ''),
    contentDigest: digestIn(message),
    salt: exactBytesIn(message, 4, 32),
    nonce: exactBytesIn(message, 3, 12),
    secret: exactBytesIn(message, 2, 32),
    scheme: textIn(message, 5) ?? '',
    contentLength: message.has(7) ? lengthIn(message) : undefined,
    filename: textIn(message, 8),
  })
}

function digestIn(message: ProtobufMessage): string {
  const digest = textIn(message, 1) ?? ''
  if (!/^[0-9a-fA-F]{64}$/.test(digest)) throw badField('contentDigest', '32 bytes of hex')
  return toHex(fromHex(digest))
}

function exactBytesIn(message: ProtobufMessage, number: number, lengthBytes: number): Uint8Array {
  const bytes = bytesIn(message, number)
  if (bytes?.length === lengthBytes) return bytes
  throw badField(`field ${number}`, `${lengthBytes} bytes`)
}

function lengthIn(message: ProtobufMessage): number {
  const length = numberIn(message, 7)
  if (length > maxContentLength) throw badField('contentLength', `at most ${maxContentLength}`)
  return length
}
