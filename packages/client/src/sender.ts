// Sealing and sending the messages of one conversation.

import { encodeContent, type OutgoingContent } from '@posthorn/content'
import { type Envelope, ephemeralTopic, introTopic } from '@posthorn/envelope'
import type { PublicKeyBundle } from '@posthorn/identity'
import type { SealedMessage } from '@posthorn/protocol-v2'
import type { CallOptions } from '@posthorn/transport'
import { notRegistered } from './client-errors.ts'
import type { Consent } from './consent.ts'
import type { ClientContext } from './context.ts'
import type { PreparedMessage, ReceivedMessage, SendOptions } from './conversation.ts'
import { nsPerMs, timeOf } from './dates.ts'
import { type ConversationView, sentMessage } from './read-message.ts'

/** What a conversation needs besides its data. */
export type ConversationParts = {
  readonly context: ClientContext
  readonly consent: Consent
  /** Whether both accounts know of the conversation already; V2 conversations begin with an invitation. */
  readonly isIntroduced: boolean
  /** Called when the message that introduces a V1 conversation is sent. */
  readonly onIntroduced: () => void
}

/** Prepares messages of one conversation. */
export type Sender = (content: unknown, options?: SendOptions) => Promise<PreparedMessage>

/** Creates the sender of a conversation. */
export function createSender(parts: ConversationParts, view: ConversationView): Sender {
  const { context, consent } = parts
  const { data } = view
  const { keystore, publisher } = context
  const seal = createSeal(context, view)
  let needsIntroduction = data.version === 'v1' && !parts.isIntroduced

  function topicsOf(isEphemeral: boolean): string[] {
    if (isEphemeral) return [ephemeralTopic(data.topic)]
    if (!needsIntroduction) return [data.topic]
    return [introTopic(data.peerAddress), introTopic(keystore.address), data.topic]
  }

  return async (content, options = {}) => {
    const { compressor } = context.decoding
    const outgoing = await encodeContent(context.registry, content, { ...options, compressor })
    const sealed = await seal(outgoing, options)
    const { contentType, bytes: contentBytes } = outgoing
    const message = sentMessage(view, {
      ...sealed,
      content,
      contentType,
      contentBytes,
      senderAddress: keystore.address,
    })
    const isEphemeral = options.ephemeral ?? false
    const contentTopic = isEphemeral ? ephemeralTopic(data.topic) : data.topic
    const envelope = envelopeOf(sealed, contentTopic)
    const send = async (sendOptions: CallOptions = {}): Promise<ReceivedMessage> => {
      await publisher.publish(envelopesOf(sealed, topicsOf(isEphemeral)), sendOptions)
      if (isEphemeral) return message
      if (needsIntroduction) parts.onIntroduced()
      needsIntroduction = false
      // The message is sent; that the peer could not be noted as allowed does not change it.
      await consent.allowIfUnknown(data.peerAddress, sendOptions).catch(() => undefined)
      return message
    }
    return { message, envelope, send }
  }
}

type Seal = (outgoing: OutgoingContent, options: SendOptions) => Promise<SealedMessage>

function createSeal(context: ClientContext, { data }: ConversationView): Seal {
  const { keystore, times, contacts } = context
  let known: PublicKeyBundle | undefined

  async function recipientBundle(options: CallOptions): Promise<PublicKeyBundle> {
    known ??= (await contacts.find(data.peerAddress, options))?.keyBundle
    if (known === undefined) throw notRegistered()
    return known
  }

  return async ({ bytes: content, shouldPush }, options) => {
    // V1 has milliseconds only, so what is sent first must be a whole one earlier.
    const nowNs = times.next(data.version === 'v1' ? nsPerMs : 1n)
    const sentNs = options.timestamp === undefined ? nowNs : timeOf(options.timestamp)
    if (data.version === 'v2') {
      return keystore.sealMessage({ conversation: data, content, shouldPush, sentNs, nowNs })
    }
    const recipient = await recipientBundle(options)
    const recipientAddress = data.peerAddress
    return keystore.sealMessageV1({ recipient, recipientAddress, sentNs, content })
  }
}

function envelopesOf(sealed: SealedMessage, topics: readonly string[]): Envelope[] {
  return topics.map((contentTopic) => envelopeOf(sealed, contentTopic))
}

function envelopeOf(
  { sentNs: timestampNs, bytes: message }: SealedMessage,
  contentTopic: string,
): Envelope {
  return { contentTopic, timestampNs, message }
}
