// xmtp.org/leave_request:1.0 (XIP-75): a member of a V3 group asks to be taken out.

import type { ContentCodec } from '../codec.ts'
import type { ContentTypeId } from '../content-type.ts'
import { defined } from './fields.ts'
import { bytesIn, readProtobuf, writeProtobuf } from './protobuf.ts'

/** A wish to leave. */
export type LeaveRequest = { readonly authenticatedNote?: Uint8Array }

/** `xmtp.org/leave_request:1.0`. */
export const leaveRequestType: ContentTypeId = {
  authorityId: 'xmtp.org',
  typeId: 'leave_request',
  versionMajor: 1,
  versionMinor: 0,
}

/** Codec of wishes to leave. Decoding throws `content/malformed`. */
export const leaveRequestCodec: ContentCodec<LeaveRequest> = {
  contentType: leaveRequestType,
  encode: ({ authenticatedNote }) => ({
    type: leaveRequestType,
    parameters: {},
    content: writeProtobuf([[1, authenticatedNote]]),
  }),
  decode: ({ content }) => defined({ authenticatedNote: bytesIn(readProtobuf(content), 1) }),
  fallback: () => 'A member has requested leaving the group',
  shouldPush: () => false,
}
