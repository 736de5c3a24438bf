// Against the native core of the V3 SDKs, and against the published protobuf definitions.

import {
  type Actions,
  type ContentTypeId,
  decodeEncodedContent,
  type EncodedContent,
  encodeEncodedContent,
  multiRemoteAttachmentType,
  parseContentType,
  type Reaction,
  reactionV2Type,
} from '@posthorn/content'
import type fc from 'fast-check'
import { arbitraryContent } from './arbitrary-content.ts'
import { type Group, requireSame, requireSameBytes } from './check.ts'
import { ourBytes, ourDecode } from './javascript.ts'
import { nativeContent, type PeerMessage, peerMessage } from './peers.ts'

/** A type that the native core encodes the way we do. */
export type NativeCase = {
  readonly type: ContentTypeId
  readonly encode: string
  /** Content as the native core takes it. */
  readonly toNative?: (content: never) => unknown
  /** The JavaScript packages use other words; those are what V2 readers know. */
  readonly ownFallback?: true
}

const native = nativeContent()
const actionNumbers = { added: 1, removed: 2 } as const
const schemaNumbers = { unicode: 1, shortcode: 2, custom: 3 } as const
const styleNumbers = { primary: 0, secondary: 1, danger: 2 } as const

/** Those types; others differ only in what V2 readers expect, and are compared with the packages. */
export const nativeCases: readonly NativeCase[] = [
  { type: parseContentType('xmtp.org/text:1.0'), encode: 'encodeText' },
  { type: parseContentType('xmtp.org/markdown:1.0'), encode: 'encodeMarkdown' },
  { type: parseContentType('xmtp.org/readReceipt:1.0'), encode: 'encodeReadReceipt' },
  {
    type: parseContentType('xmtp.org/attachment:1.0'),
    encode: 'encodeAttachment',
    toNative: ({ data, ...file }: { data: Uint8Array }) => ({ ...file, content: data }),
    ownFallback: true,
  },
  {
    type: parseContentType('xmtp.org/remoteStaticAttachment:1.0'),
    encode: 'encodeRemoteAttachment',
    ownFallback: true,
  },
  { type: multiRemoteAttachmentType, encode: 'encodeMultiRemoteAttachment' },
  { type: reactionV2Type, encode: 'encodeReaction', toNative: nativeReaction },
  {
    type: parseContentType('coinbase.com/actions:1.0'),
    encode: 'encodeActions',
    toNative: nativeActions,
  },
  { type: parseContentType('coinbase.com/intent:1.0'), encode: 'encodeIntent' },
]

/** A group for each type that the native core encodes the way we do. */
export const nativeGroups: readonly Group[] = nativeCases.map((each) => ({
  name: `native ${each.type.typeId}`,
  contents: contentsOf(each.type.typeId),
  checks: {
    'encodes to the same content': async (content) => {
      const ours = decodeEncodedContent(await ourBytes(content, each.type))
      const theirs = nativeEncode(each, content)
      requireSame(each.ownFallback ? { ...ours, fallback: theirs.fallback } : ours, theirs)
    },
    'is read by us': async (content) =>
      requireSame(await ourDecode(encodeEncodedContent(nativeEncode(each, content))), content),
  },
}))

/** Groups of the types that the published protobuf definitions describe. */
export const protobufGroups: readonly Group[] = [
  protobufGroup(reactionV2Type, peerMessage('reaction', 'ReactionV2'), (content) => {
    const reaction = content as Reaction
    return { referenceInboxId: '', ...nativeReaction(reaction) }
  }),
  protobufGroup(
    multiRemoteAttachmentType,
    peerMessage('multi_remote_attachment', 'MultiRemoteAttachment'),
    (content) => content,
  ),
]

function protobufGroup(
  type: ContentTypeId,
  message: PeerMessage,
  toPeer: (content: unknown) => unknown,
): Group {
  return {
    name: `definition of ${type.typeId}:${type.versionMajor}`,
    contents: contentsOf(type.typeId),
    checks: {
      'encodes to the same bytes': async (content) => {
        const { content: bytes } = decodeEncodedContent(await ourBytes(content, type))
        requireSameBytes(bytes, message.encode(toPeer(content)).finish())
      },
      'is read by us': async (content) => {
        const bytes = message.encode(toPeer(content)).finish()
        const encoded = { type, parameters: {}, content: bytes }
        requireSame(await ourDecode(encodeEncodedContent(encoded)), content)
      },
      'is read by the definition': async (content) => {
        const { content: bytes } = decodeEncodedContent(await ourBytes(content, type))
        requireSame(message.decode(bytes), toPeer(content))
      },
    },
  }
}

function contentsOf(typeId: string): fc.Arbitrary<unknown> {
  const contents = arbitraryContent[typeId]
  if (contents === undefined) throw new TypeError(`no random content for ${typeId}`)
  return contents
}

/** What the native core makes of content. */
export function nativeEncode({ encode, toNative }: NativeCase, content: unknown): EncodedContent {
  const function_ = native[encode]
  if (function_ === undefined) throw new TypeError(`the native core has no ${encode}`)
  return function_(toNative === undefined ? content : toNative(content as never)) as EncodedContent
}

function nativeReaction(reaction: Reaction): object {
  return {
    referenceInboxId: '',
    ...reaction,
    action: actionNumbers[reaction.action],
    schema: schemaNumbers[reaction.schema],
  }
}

function nativeActions({ id, description, actions, expiresAt }: Actions): object {
  return {
    id,
    description,
    expiresAtNs: nsOf(expiresAt),
    actions: actions.map(({ style, expiresAt: end, ...action }) => ({
      ...action,
      style: style && styleNumbers[style],
      expiresAtNs: nsOf(end),
    })),
  }
}

function nsOf(time: string | undefined): bigint | undefined {
  return time === undefined ? undefined : BigInt(Date.parse(time)) * 1_000_000n
}
