// Against the published JavaScript codecs: the same bytes, read the same by both.

import {
  type CodecRegistry,
  type ContentTypeId,
  codecRegistry,
  decodeContent,
  encodeContent,
  standardCodecs,
} from '@posthorn/content'
import { arbitraryContent } from './arbitrary-content.ts'
import { type Group, requireSame, requireSameBytes } from './check.ts'
import { forPeer, isReply, type PeerCodec, peerBytes, peerCodecs, peerDecode } from './peers.ts'

const registry: CodecRegistry = codecRegistry(standardCodecs)

/** Our bytes of content. */
export async function ourBytes(content: unknown, contentType: ContentTypeId): Promise<Uint8Array> {
  return (await encodeContent(registry, content, { contentType })).bytes
}

/** What we read from bytes of encoded content. */
export async function ourDecode(bytes: Uint8Array): Promise<unknown> {
  const incoming = await decodeContent(registry, bytes)
  if (incoming.kind !== 'decoded') throw incoming.error
  return incoming.content
}

/** A group for each published codec. */
export const javascriptGroups: readonly Group[] = Object.entries(peerCodecs).map(groupOf)

function groupOf([typeId, peer]: readonly [string, PeerCodec]): Group {
  const contents = arbitraryContent[typeId]
  if (contents === undefined) throw new TypeError(`no random content for ${typeId}`)
  const { contentType } = peer
  const theirBytes = (content: unknown): Uint8Array => peerBytes(peer, forPeer(content))
  return {
    name: `published ${typeId}`,
    contents,
    checks: {
      'encodes to the same bytes': async (content) =>
        requireSameBytes(await ourBytes(content, contentType), theirBytes(content)),
      'is read by us': async (content) =>
        requireSame(await ourDecode(theirBytes(content)), withoutEmptyInbox(content)),
      'is read by the package': async (content) => {
        const read = peerDecode(peer, await ourBytes(content, contentType))
        requireSame(withLaterFields(read, content), withoutEmptyInbox(content))
      },
      'rings the phone alike': async (content) => {
        const { shouldPush } = await encodeContent(registry, content, { contentType })
        requireSame(shouldPush, peer.shouldPush(content))
      },
    },
  }
}

/** Content as both sides read it: neither writes anything for an empty inbox id of a reply. */
export function withoutEmptyInbox(content: unknown): unknown {
  if (!isReply(content)) return content
  const referenceInboxId = content.referenceInboxId || undefined
  return { ...content, referenceInboxId, content: withoutEmptyInbox(content.content) }
}

// The package knows fewer lists of group changes than are in use by now.
function withLaterFields(read: unknown, content: unknown): unknown {
  if (typeof read !== 'object' || read === null || !('addedInboxes' in read)) return read
  return { ...(content as object), ...read }
}
