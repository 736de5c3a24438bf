// Messages for accounts that have not joined: kept by the sender for itself, and delivered by any of its clients once
// there are keys to encrypt to.

import { type EncodeOptions, encodeContent } from '@posthorn/content'
import { UsageError } from '@posthorn/errors'
import { parseAddress } from '@posthorn/identity'
import type { CallOptions } from '@posthorn/transport'
import type { Client } from '../client.ts'
import type { ReceivedMessage } from '../conversation.ts'
import type { StreamOptions } from '../follow.ts'
import { internalsOf } from '../internals.ts'
import { openStream, type Stream } from '../stream.ts'
import type { Delivery } from './deliver.ts'
import { deliverWaiting, type EscrowParts } from './deliver-waiting.ts'
import { deliveriesFromNow } from './deliveries.ts'
import type { Deposit } from './deposit.ts'
import { createEscrowLog, sealDeposit } from './escrow-log.ts'

/** How to write to somebody who may not have joined. */
export type EscrowSendOptions = CallOptions &
  Pick<EncodeOptions, 'contentType' | 'compression'> & {
    /** Default: the conversation without an id. */
    readonly conversationId?: string | undefined
    /** Travels with the invitation of a conversation that begins. */
    readonly metadata?: Readonly<Record<string, string>> | undefined
  }

/** What became of a message. */
export type EscrowSent =
  | { readonly kind: 'sent'; readonly message: ReceivedMessage }
  | { readonly kind: 'queued'; readonly depositId: string }

/** A message that waits, as its account sees it. */
export type WaitingMessage = {
  readonly id: string
  /** In EIP-55 form. */
  readonly to: string
  readonly written: Date
  readonly conversationId: string | undefined
}

/** The messages of one account that wait for their recipients to join. */
export type Escrow = {
  /**
   * Sends, or keeps the message when the recipient has not joined. It is kept sealed to this account alone.
   *
   * @throws what `newConversation` and `send` throw, but `contact/not-registered`
   */
  send(to: string, content: unknown, options?: EscrowSendOptions): Promise<EscrowSent>
  /** What waits, oldest first, whichever of this account's clients keeps it. */
  waiting(options?: CallOptions): Promise<readonly WaitingMessage[]>
  /** Gives a waiting message up; false when it waits no more. */
  withdraw(depositId: string, options?: CallOptions): Promise<boolean>
  /** Delivers whatever can be delivered now. */
  deliverDue(options?: CallOptions): Promise<readonly Delivery[]>
  /**
   * Delivers whatever can be delivered now, and from then on whatever can be as soon as somebody joins. Keep one
   * open while the application runs; several clients of an account may.
   */
  deliveries(options?: StreamOptions): Promise<Stream<Delivery>>
}

/** The escrow of a client's account. */
export function openEscrow(client: Client): Escrow {
  const internals = internalsOf(client)
  const { context, conversations } = internals
  const log = createEscrowLog(context)
  const parts = { internals, log }

  async function send(
    to: string,
    content: unknown,
    options: EscrowSendOptions = {},
  ): Promise<EscrowSent> {
    const address = parseAddress(context.crypto, to)
    if (address === context.keystore.address) throw toSelf()
    const contact = await context.contacts.find(address, options)
    if (contact === undefined) return keep(parts, { ...options, address, content })
    const conversation = await conversations.begin(address, options)
    return { kind: 'sent', message: await conversation.send(content, options) }
  }

  return {
    send,
    waiting: async (options) => {
      await log.read(options)
      return log.waiting().map(waitingMessage)
    },
    withdraw: async (depositId, options) => {
      await log.read(options)
      if (!log.waiting().some(({ id }) => id === depositId)) return false
      await log.end(depositId, 'withdrawn', options)
      return true
    },
    deliverDue: async ({ signal } = {}) => {
      await log.read({ signal })
      const once = { signal, patiently: <T>(call: () => Promise<T>): Promise<T> => call() }
      const deliveries: Delivery[] = []
      for await (const delivery of deliverWaiting(parts, log.waiting(), once)) {
        deliveries.push(delivery)
      }
      return deliveries
    },
    deliveries: (options = {}) =>
      openStream(deliveriesFromNow(parts, options), options.signal, context.closing),
  }
}

type Kept = EscrowSendOptions & { readonly address: string; readonly content: unknown }

async function keep(
  { internals: { context }, log }: EscrowParts,
  { address: to, content: value, ...options }: Kept,
): Promise<EscrowSent> {
  const { conversationId, metadata } = options
  const { compressor } = context.decoding
  const content = await encodeContent(context.registry, value, { ...options, compressor })
  const sealed = await sealDeposit(context, { to, content, conversationId, metadata })
  await log.add(sealed, options)
  return { kind: 'queued', depositId: sealed.deposit.id }
}

function waitingMessage({ id, to, writtenNs, conversationId }: Deposit): WaitingMessage {
  return { id, to, written: new Date(Number(writtenNs / 1_000_000n)), conversationId }
}

function toSelf(): UsageError {
  return new UsageError('conversation/self', 'Write message: the recipient is this account itself')
}
