// A flow is a piece of an application, written against the published API. It gives what it observed.

import type * as compat from '@posthorn/compat'

/** The published API: that of `@posthorn/compat`, or of the published package itself. */
export type Api = typeof compat

/** A wallet that counts what it is asked to sign. */
export type FlowWallet = compat.Signer & { readonly address: string; readonly prompts: string[] }

/** What a flow is given. */
export type FlowWorld = {
  readonly api: Api
  readonly url: string
  /** A wallet of a new account. */
  wallet(): FlowWallet
  /** A client of a new account, or of a wallet. */
  client(options?: FlowOptions): Promise<FlowClient>
}

/** A client of a flow. */
export type FlowClient = compat.Client

/** Options of a client of a flow. */
export type FlowOptions = Partial<compat.ClientOptions> & {
  readonly wallet?: FlowWallet
}

/** A piece of an application; the result has to be the same with every implementation. */
export type Flow = {
  readonly name: string
  run(world: FlowWorld): Promise<unknown>
}

/** The first items of a stream. */
export async function take<T>(stream: AsyncIterable<T>, count: number): Promise<T[]> {
  const taken: T[] = []
  for await (const item of stream) {
    taken.push(item)
    if (taken.length === count) break
  }
  return taken
}

/** Whether something is refused, whatever the words. */
export async function isRefused(action: () => unknown): Promise<boolean> {
  try {
    await action()
    return false
  } catch (error) {
    return error instanceof Error
  }
}

/** What an application sees of a message, ids aside. */
export function seen(message: compat.DecodedMessage): Record<string, unknown> {
  return {
    id: /^[0-9a-f]{64}$/.test(message.id),
    messageVersion: message.messageVersion,
    senderAddress: message.senderAddress,
    recipientAddress: message.recipientAddress,
    sent: message.sent instanceof Date,
    content: message.content,
    contentType: message.contentType.toString(),
    contentFallback: message.contentFallback,
    error: message.error?.message,
    isOfConversation: message.contentTopic === message.conversation.topic,
    contentBytes: message.contentBytes,
    peerAddress: message.conversation.peerAddress,
  }
}

const anyId = /[0-9a-f]{64}/

/** What an application sees of a conversation, topics aside. */
export function seenConversation(conversation: compat.Conversation): Record<string, unknown> {
  const { topic, ephemeralTopic } = conversation
  // The order of addresses in V1 topics is that of their letters, which chance decides here.
  const [, start, addresses] = /^(.*dm-)(.*)\/proto$/.exec(topic) ?? []
  return {
    version: conversation.conversationVersion,
    topic: addresses ? start : topic.replace(anyId, 'id'),
    accounts: Object.fromEntries((addresses?.split('-') ?? []).map((address) => [address, 1])),
    ephemeralTopic: addresses
      ? ephemeralTopic.replace(addresses, 'addresses')
      : ephemeralTopic.replace(anyId, 'id'),
    peerAddress: conversation.peerAddress,
    clientAddress: conversation.clientAddress,
    createdAt: conversation.createdAt instanceof Date,
    context: conversation.context ?? undefined,
    consentState: conversation.consentState,
    isAllowed: conversation.isAllowed,
    isDenied: conversation.isDenied,
  }
}
