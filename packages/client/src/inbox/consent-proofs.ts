// Consent proofs that came with invitations: the account's own signed word that the peer may write to it.

import { msToNs } from '@posthorn/bytes'
import { ProtocolError } from '@posthorn/errors'
import { type ConsentProof, verifyConsentProof } from '@posthorn/identity'
import type { LocalStore } from '@posthorn/local-store'
import type { ClientContext } from '../context.ts'
import type { StoreBook } from './book-of-store.ts'
import { decisionsReadKey } from './inbox-settings.ts'
import { decisionBatch } from './uploads.ts'

/** What taking up proofs needs. */
export type ProofParts = {
  readonly context: ClientContext
  readonly store: LocalStore
  readonly book: StoreBook
}

/** Allows peers about whom nothing was decided and who brought a proof that holds. */
export async function takeUpProofs(parts: ProofParts): Promise<void> {
  const { store, book } = parts
  if ((await store.setting(decisionsReadKey)) === undefined) return
  for (const topic of book.topics()) {
    const data = book.get(topic)?.data
    const proof = data?.version === 'v2' ? data.consentProof : undefined
    if (data === undefined || proof === undefined) continue
    const { peerAddress } = data
    const decided = await store.consent('address', peerAddress)
    const isOpen = decided === undefined || decided.state === 'unknown'
    if (!isOpen || !holds(parts.context, proof, peerAddress)) continue
    await store.put(await decisionBatch(parts, 'allowed', [peerAddress]))
  }
}

function holds(
  { crypto, keystore, clock }: ClientContext,
  proof: ConsentProof,
  broadcasterAddress: string,
): boolean {
  const { address } = keystore
  const nowNs = msToNs(clock.nowMs())
  try {
    verifyConsentProof(crypto, { proof, broadcasterAddress, address, nowNs })
    return true
  } catch (error) {
    if (error instanceof ProtocolError) return false
    throw error
  }
}
