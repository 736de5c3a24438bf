// One look at who of the recipients has joined, and delivery to those who have.

import { AdmissionError, NotFoundError, ValidationError, VerificationError } from '@posthorn/errors'
import type { ClientInternals } from '../internals.ts'
import { type Delivery, deliver } from './deliver.ts'
import type { Deposit } from './deposit.ts'
import type { EscrowLog } from './escrow-log.ts'

/** What delivering works with. */
export type EscrowParts = { readonly internals: ClientInternals; readonly log: EscrowLog }

/** How to deliver. */
export type DeliverOptions = {
  readonly signal?: AbortSignal | undefined
  /** Makes a call of the network, again if need be. */
  readonly patiently: <T>(call: () => Promise<T>) => Promise<T>
}

// Whoever looked so recently knows all conversations that matter: a second invitation does no harm.
const freshEnoughMs = 60_000

/**
 * Delivers to those of the recipients who have joined, each recipient's messages in the order in which they were
 * written. What the node does not take waits on.
 *
 * @throws what `patiently` throws for trouble on the way
 */
export async function* deliverWaiting(
  { internals, log }: EscrowParts,
  deposits: readonly Deposit[],
  { signal, patiently }: DeliverOptions,
): AsyncGenerator<Delivery, void> {
  if (deposits.length === 0) return
  const { context, book } = internals
  const addresses = [...new Set(deposits.map(({ to }) => to))]
  const contacts = await patiently(() => context.contacts.findAll(addresses, { signal }))
  const contactOf = new Map(addresses.map((address, index) => [address, contacts[index]]))
  if (contacts.every((contact) => contact === undefined)) return
  await patiently(() => book.refresh({ signal, maxAgeMs: freshEnoughMs }))
  for (const deposit of deposits) {
    const contact = contactOf.get(deposit.to)
    if (contact === undefined || !log.isWaiting(deposit.id)) continue
    const delivery = await orRefused(deposit, () =>
      patiently(() => deliver(internals, { deposit, contact }, { signal })),
    )
    if (delivery.kind === 'delivered') {
      await patiently(() => log.end(deposit.id, 'delivered', { signal }))
    }
    yield delivery
  }
}

async function orRefused(
  { id: depositId, to }: Deposit,
  attempt: () => Promise<Delivery>,
): Promise<Delivery> {
  try {
    return await attempt()
  } catch (error) {
    if (!isRefusal(error)) throw error
    return { kind: 'refused', depositId, to, code: error.code, reason: error.message }
  }
}

function isRefusal(error: unknown): error is AdmissionError | ValidationError {
  return [AdmissionError, NotFoundError, ValidationError, VerificationError].some(
    (family) => error instanceof family,
  )
}
