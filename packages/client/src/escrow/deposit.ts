// A message that waits for its recipient to join, and what is noted of it in the sender's private log.

import { fromBase64, fromUtf8, toBase64, toUtf8 } from '@posthorn/bytes'
import type { OutgoingContent } from '@posthorn/content'
import { CodecError, ProtocolError } from '@posthorn/errors'

/** Name of the private log. */
export const escrowLogName = 'escrow'

/** A message that waits. */
export type Deposit = {
  /** Unique; 32 hex digits. */
  readonly id: string
  /** In EIP-55 form. */
  readonly to: string
  /** When it was written, and what it will be dated; nanoseconds since 1970, whole milliseconds. */
  readonly writtenNs: bigint
  /** Encoded content. */
  readonly content: Uint8Array
  readonly shouldPush: boolean
  readonly conversationId: string | undefined
  readonly metadata: Readonly<Record<string, string>> | undefined
}

/** How a deposit ended. */
export type DepositEnd = 'delivered' | 'withdrawn'

/** One entry of the log. */
export type EscrowRecord =
  | { readonly kind: 'deposit'; readonly deposit: Deposit }
  | { readonly kind: 'done'; readonly id: string; readonly end: DepositEnd }

/** What a new deposit is made of. */
export type DepositInput = Pick<Deposit, 'id' | 'to' | 'writtenNs'> & {
  readonly content: OutgoingContent
  readonly conversationId?: string | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
}

/** A deposit. */
export function depositOf({ content, ...rest }: DepositInput): Deposit {
  const { bytes, shouldPush } = content
  const { conversationId, metadata } = rest
  return { ...rest, conversationId, metadata, content: bytes, shouldPush }
}

/** The bytes of an entry; not sealed. */
export function encodeEscrowRecord(record: EscrowRecord): Uint8Array {
  if (record.kind === 'done') return toUtf8(JSON.stringify(record))
  const { content, writtenNs, ...rest } = record.deposit
  const deposit = { ...rest, writtenNs: `${writtenNs}`, content: toBase64(content) }
  return toUtf8(JSON.stringify({ kind: 'deposit', deposit }))
}

/** The entry of its bytes, which this account has sealed. @throws CodecError `escrow/malformed` */
export function decodeEscrowRecord(bytes: Uint8Array): EscrowRecord {
  try {
    const value: unknown = JSON.parse(fromUtf8(bytes))
    const record = isFields(value) ? recordOf(value) : undefined
    if (record !== undefined) return record
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof ProtocolError)) throw error
  }
  throw new CodecError(
    'escrow/malformed',
    'Read escrow: found an entry of another kind, wanted a deposit or its end',
  )
}

type Fields = Readonly<Record<string, unknown>>

function recordOf(value: Fields): EscrowRecord | undefined {
  const { kind, id, end, deposit } = value
  if (kind === 'done' && typeof id === 'string' && (end === 'delivered' || end === 'withdrawn')) {
    return { kind, id, end }
  }
  if (kind !== 'deposit' || !isFields(deposit)) return undefined
  const { id: depositId, to, writtenNs, content, shouldPush, conversationId, metadata } = deposit
  const isWhole =
    typeof depositId === 'string' &&
    typeof to === 'string' &&
    typeof writtenNs === 'string' &&
    /^\d{1,20}$/.test(writtenNs) &&
    typeof content === 'string'
  if (!isWhole) return undefined
  return {
    kind,
    deposit: {
      id: depositId,
      to,
      writtenNs: BigInt(writtenNs),
      content: fromBase64(content),
      shouldPush: shouldPush === true,
      conversationId: typeof conversationId === 'string' ? conversationId : undefined,
      metadata: isTexts(metadata) ? metadata : undefined,
    },
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return isFields(value) && Object.values(value).every((each) => typeof each === 'string')
}
