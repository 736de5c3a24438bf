// The private log of an account's deposits: reading it, adding to it, and what still waits.

import { msToNs, toHex } from '@posthorn/bytes'
import type { OutgoingContent } from '@posthorn/content'
import { checkEnvelope, type Envelope } from '@posthorn/envelope'
import { ProtocolError, UsageError } from '@posthorn/errors'
import type { CallOptions } from '@posthorn/transport'
import type { ClientContext } from '../context.ts'
import { nsPerMs } from '../dates.ts'
import { readHistory } from '../history.ts'
import {
  type Deposit,
  type DepositEnd,
  decodeEscrowRecord,
  depositOf,
  type EscrowRecord,
  encodeEscrowRecord,
  escrowLogName,
} from './deposit.ts'

/** The log of one account. */
export type EscrowLog = {
  topic(): Promise<string>
  /** Reads what this account's clients have added since the last time. */
  read(options?: CallOptions): Promise<void>
  /** Takes up one envelope of the log, and gives the deposit if it is one that waits; junk is passed over. */
  absorb(envelope: Envelope): Promise<Deposit | undefined>
  /** What waits, oldest first, as far as it was read. */
  waiting(): readonly Deposit[]
  isWaiting(id: string): boolean
  /** Publishes a sealed deposit and takes it up. */
  add(sealed: SealedDeposit, options?: CallOptions): Promise<void>
  /** Notes that a deposit has ended. */
  end(id: string, end: DepositEnd, options?: CallOptions): Promise<void>
}

/** What to keep for whom. */
export type NewDeposit = {
  /** In EIP-55 form. */
  readonly to: string
  readonly content: OutgoingContent
  readonly conversationId?: string | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
}

/** A deposit and the envelope that keeps it. */
export type SealedDeposit = { readonly deposit: Deposit; readonly envelope: Envelope }

// Clocks of an account's clients may differ this much before a deposit is overlooked until the next start.
const overlapNs = 86_400_000_000_000n
const idBytes = 16

/** Seals a deposit to the account itself. @throws ValidationError `envelope/message-too-big` */
export async function sealDeposit(
  context: ClientContext,
  { to, content, conversationId, metadata }: NewDeposit,
): Promise<SealedDeposit> {
  const { crypto, times } = context
  // A whole millisecond, as V1 messages can be dated.
  const writtenNs = (times.next(nsPerMs) / nsPerMs) * nsPerMs
  const id = toHex(crypto.randomBytes(idBytes))
  const deposit = depositOf({ id, to, writtenNs, content, conversationId, metadata })
  const envelope = await envelopeOf(context, { kind: 'deposit', deposit })
  checkEnvelope(envelope)
  return { deposit, envelope }
}

/** Creates the log of a client's account. */
export function createEscrowLog(context: ClientContext): EscrowLog {
  const { keystore, clock, transport, publisher } = context
  const deposits = new Map<string, Deposit>()
  const ends = new Map<string, DepositEnd>()
  let reachedNs = 0n

  const topic = (): Promise<string> => keystore.privateLogTopic(escrowLogName)

  function take(record: EscrowRecord): void {
    if (record.kind === 'done') {
      ends.set(record.id, record.end)
      deposits.delete(record.id)
    } else if (!ends.has(record.deposit.id)) deposits.set(record.deposit.id, record.deposit)
  }

  async function absorb({ message }: Envelope): Promise<Deposit | undefined> {
    const record = await tryOpen(context, message)
    if (record === undefined) return undefined
    take(record)
    return record.kind === 'deposit' ? deposits.get(record.deposit.id) : undefined
  }

  return {
    topic,
    absorb,
    read: async (options = {}) => {
      const nowNs = msToNs(clock.nowMs())
      const range = { ...options, topics: [await topic()], startNs: reachedNs - overlapNs }
      for await (const envelope of readHistory(transport, range)) await absorb(envelope)
      reachedNs = nowNs
    },
    isWaiting: (id) => deposits.has(id),
    waiting: () => [...deposits.values()].sort(oldestFirst),
    add: async ({ deposit, envelope }, options) => {
      await publisher.publish([envelope], options)
      take({ kind: 'deposit', deposit })
    },
    end: async (id, end, options) => {
      const record: EscrowRecord = { kind: 'done', id, end }
      await publisher.publish([await envelopeOf(context, record)], options)
      take(record)
    },
  }
}

async function envelopeOf(
  { keystore, times }: ClientContext,
  record: EscrowRecord,
): Promise<Envelope> {
  return {
    contentTopic: await keystore.privateLogTopic(escrowLogName),
    timestampNs: times.next(),
    message: await keystore.sealPrivateEntry(escrowLogName, encodeEscrowRecord(record)),
  }
}

// Anybody who learns the topic can publish junk on it, and later releases other entries.
async function tryOpen(
  { keystore }: ClientContext,
  bytes: Uint8Array,
): Promise<EscrowRecord | undefined> {
  try {
    return decodeEscrowRecord(await keystore.openPrivateEntry(escrowLogName, bytes))
  } catch (error) {
    if (error instanceof ProtocolError && !(error instanceof UsageError)) return undefined
    throw error
  }
}

function oldestFirst(a: Deposit, b: Deposit): number {
  if (a.writtenNs === b.writtenNs) return a.id < b.id ? -1 : 1
  return a.writtenNs < b.writtenNs ? -1 : 1
}
