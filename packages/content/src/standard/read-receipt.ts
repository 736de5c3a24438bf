// xmtp.org/readReceipt:1.0: "I have read up to here"; says nothing but its own time.

import type { ContentCodec } from '../codec.ts'
import type { ContentTypeId } from '../content-type.ts'

/** A read receipt has no fields. */
export type ReadReceipt = Readonly<Record<string, never>>

/** `xmtp.org/readReceipt:1.0`. */
export const readReceiptType: ContentTypeId = {
  authorityId: 'xmtp.org',
  typeId: 'readReceipt',
  versionMajor: 1,
  versionMinor: 0,
}

/** Codec of read receipts. */
export const readReceiptCodec: ContentCodec<ReadReceipt> = {
  contentType: readReceiptType,
  encode: () => ({ type: readReceiptType, parameters: {}, content: new Uint8Array(0) }),
  decode: () => ({}),
  fallback: () => undefined,
  shouldPush: () => false,
}
