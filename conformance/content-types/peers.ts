// The published content types of both generations, described as far as the cases use them.

import { readFileSync } from 'node:fs'
import { toHex } from '@posthorn/bytes'
import type { EncodedContent, Reply } from '@posthorn/content'
import { loadPeer, pathOfPeer } from '../../peers/load.ts'

/** A codec as the published JavaScript packages have them; types are checked by running. */
export type PeerCodec = {
  readonly contentType: EncodedContent['type']
  encode(content: unknown, registry: PeerRegistry): EncodedContent
  decode(encoded: EncodedContent, registry: PeerRegistry): unknown
  fallback(content: unknown): string | undefined
  shouldPush(content: unknown): boolean
}

export type PeerRegistry = { codecFor(type: { readonly typeId: string }): PeerCodec | undefined }

/** A protobuf message class of the published definitions. */
export type PeerMessage = {
  encode(message: unknown): { finish(): Uint8Array }
  decode(bytes: Uint8Array): Record<string, unknown>
}

type PeerCodecClass = (new () => PeerCodec) & {
  load(remote: unknown, registry: PeerRegistry): Promise<unknown>
  encodeEncrypted(content: unknown, codec: PeerCodec): Promise<PeerSealed>
}

export type PeerSealed = {
  readonly digest: string
  readonly salt: Uint8Array
  readonly nonce: Uint8Array
  readonly secret: Uint8Array
  readonly payload: Uint8Array
}

/** Functions of the native core as WebAssembly. */
export type NativeContent = Readonly<Record<string, (content: unknown, more?: unknown) => unknown>>

function codecClass(name: string, className: string): PeerCodecClass {
  const exported = loadPeer<Record<string, PeerCodecClass>>(`@xmtp/content-type-${name}`)[className]
  if (exported === undefined) throw new TypeError(`@xmtp/content-type-${name}: no ${className}`)
  return exported
}

export const RemoteAttachmentCodec: PeerCodecClass = codecClass(
  'remote-attachment',
  'RemoteAttachmentCodec',
)

/** The published JavaScript codecs, by type id. */
export const peerCodecs: Readonly<Record<string, PeerCodec>> = {
  text: new (codecClass('text', 'TextCodec'))(),
  markdown: new (codecClass('markdown', 'MarkdownCodec'))(),
  reaction: new (codecClass('reaction', 'ReactionCodec'))(),
  reply: new (codecClass('reply', 'ReplyCodec'))(),
  readReceipt: new (codecClass('read-receipt', 'ReadReceiptCodec'))(),
  attachment: new (codecClass('remote-attachment', 'AttachmentCodec'))(),
  remoteStaticAttachment: new RemoteAttachmentCodec(),
  transactionReference: new (codecClass('transaction-reference', 'TransactionReferenceCodec'))(),
  walletSendCalls: new (codecClass('wallet-send-calls', 'WalletSendCallsCodec'))(),
  group_updated: new (codecClass('group-updated', 'GroupUpdatedCodec'))(),
}

export const peerRegistry: PeerRegistry = { codecFor: ({ typeId }) => peerCodecs[typeId] }

const wire = loadPeer<{ content: { EncodedContent: PeerMessage } }>('@xmtp/proto').content

/** The bytes that the published V2 SDK sends for content. */
export function peerBytes(codec: PeerCodec, content: unknown): Uint8Array {
  const encoded = codec.encode(content, peerRegistry)
  const fallback = codec.fallback(content)
  return peerBytesOf(fallback === undefined ? encoded : { ...encoded, fallback })
}

/** The bytes of encoded content by the published definitions. */
export function peerBytesOf(encoded: EncodedContent): Uint8Array {
  return wire.EncodedContent.encode(encoded).finish()
}

/** Content as the packages take it: with content types as instances of their class. */
export function forPeer(content: unknown): unknown {
  if (!isReply(content)) return content
  const contentType = peerCodecs[content.contentType.typeId]?.contentType
  return { ...content, contentType, content: forPeer(content.content) }
}

/** Whether content is a reply. */
export function isReply(content: unknown): content is Reply {
  return typeof content === 'object' && content !== null && 'contentType' in content
}

/** What the published SDK reads from the bytes of encoded content. */
export function peerDecode(codec: PeerCodec, bytes: Uint8Array): unknown {
  return codec.decode(peerEncodedContent(bytes), peerRegistry)
}

/** Encoded content as the published definitions read it. */
export function peerEncodedContent(bytes: Uint8Array): EncodedContent {
  return wire.EncodedContent.decode(bytes) as unknown as EncodedContent
}

/** A message of the content types that only the definitions of today have. */
export function peerMessage(file: string, name: string): PeerMessage {
  const path = `xmtp-proto/ts/dist/cjs/mls/message_contents/content_types/${file}.pb.js`
  const message = loadPeer<Record<string, PeerMessage>>(pathOfPeer(path))[name]
  if (message === undefined) throw new TypeError(`${file}: no ${name}`)
  return message
}

/** The native core that all V3 SDKs share. */
export function nativeContent(): NativeContent {
  const path = '@xmtp/wasm-bindings/dist/bindings_wasm'
  const bindings = loadPeer<NativeContent>(pathOfPeer(`${path}.js`))
  bindings['initSync']?.({ module: readFileSync(pathOfPeer(`${path}_bg.wasm`)) })
  return bindings
}

/** Content in a form that two implementations share: no class instances, absent and undefined alike, bytes as hex. */
export function plain(value: unknown, order: 'sorted' | 'in order' = 'sorted'): unknown {
  if (value instanceof Uint8Array) return toHex(value)
  if (typeof value === 'bigint') return value.toString()
  if (Array.isArray(value)) return value.map((item) => plain(item, order))
  if (typeof value !== 'object' || value === null) return value
  const names = new Set(Object.keys(value))
  // Published content type ids keep their fields behind getters of a class.
  if ('authorityId' in value) for (const name of Object.keys(idFields)) names.add(name)
  const fields = value as Record<string, unknown>
  const kept = [...names].filter((name) => fields[name] !== undefined)
  if (order === 'sorted') kept.sort()
  return Object.fromEntries(kept.map((name) => [name, plain(fields[name], order)]))
}

const idFields = { authorityId: 0, typeId: 0, versionMajor: 0, versionMinor: 0 }
