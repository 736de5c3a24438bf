// Edits and deletions as wishes about an earlier message, found under a name of the message and who asks: only its
// own sender's wishes count, so nobody else's are ever looked at.

import {
  type CodecRegistry,
  type ContentCodec,
  decodeEncodedContent,
  deleteMessageCodec,
  deleteMessageType,
  type EncodedContent,
  editMessageCodec,
  editMessageType,
  equalContentTypes,
} from '@posthorn/content'

/** A wish to change a message, or to take it back. */
export type Revision = {
  /** The message it is about. */
  readonly messageId: string
  /** Under which all revisions of that message by the same sender are found. */
  readonly name: string
  /** What takes the place of the message's content; undefined takes it back. */
  readonly content: EncodedContent | undefined
}

/** The name that revisions of a message by a sender are found under. */
export function revisionName(messageId: string, senderAddress: string): string {
  return `revision ${messageId} ${senderAddress}`
}

/** The revision in encoded content; undefined when there is none, or none that can be read. */
export function revisionIn(bytes: Uint8Array, senderAddress: string): Revision | undefined {
  try {
    const encoded = decodeEncodedContent(bytes)
    if (encoded.compression !== undefined) return undefined
    if (equalContentTypes(encoded.type, deleteMessageType)) {
      const { messageId } = deleteMessageCodec.decode(encoded, asItIs)
      return { messageId, name: revisionName(messageId, senderAddress), content: undefined }
    }
    if (!equalContentTypes(encoded.type, editMessageType)) return undefined
    const { messageId, content } = editMessageCodec.decode(encoded, asItIs)
    const name = revisionName(messageId, senderAddress)
    return { messageId, name, content: content as EncodedContent }
  } catch {
    return undefined
  }
}

// Leaves what lies inside as it is: it is stored, and decoded when it is read.
const asItIs: CodecRegistry = {
  codecFor: (contentType): ContentCodec<EncodedContent> => ({
    contentType,
    encode: (content) => content,
    decode: (encoded) => encoded,
    fallback: () => undefined,
    shouldPush: () => false,
  }),
} as CodecRegistry
