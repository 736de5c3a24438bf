// What a web page asks a wallet for, and sends to the application that wants to notify it.

import type { Crypto } from '@posthorn/crypto'
import { createConsentProof, parseAddress, type WalletSigner } from '@posthorn/identity'
import { systemClock } from '../system-clock.ts'
import { requireTopicName } from './topic-name.ts'

/** An account's signed word that it wants notifications; JSON as it is. */
export type SignedSubscription = {
  /** Who subscribes, in EIP-55 form. */
  readonly address: string
  readonly topics: readonly string[]
  /** The wallet's signature of the published consent text, as `0x` and hex. */
  readonly signature: string
  /** When it was signed, in milliseconds since 1970. */
  readonly signedMs: number
}

/** What {@link signSubscription} takes. */
export type SignSubscriptionOptions = {
  /** The wallet, for instance by `signerFrom(crypto, window.ethereum)`. */
  readonly signer: WalletSigner
  /** Address of the account that will send. */
  readonly sender: string
  /** What it may send. The wallet's text names the sender, and not these. */
  readonly topics: readonly string[]
  /** Now, in milliseconds since 1970; default: the machine's clock. */
  readonly nowMs?: number | undefined
}

/**
 * Asks a wallet for one signature: "Grant inbox consent to sender". Needs no network and no keys of ours.
 *
 * @throws ValidationError `identity/bad-address`, `notification/bad-topic`; UsageError `client/wallet-refused`;
 * VerificationError `identity/not-signed-by-wallet`
 */
export async function signSubscription(
  crypto: Crypto,
  { signer, sender, topics, nowMs = systemClock.nowMs() }: SignSubscriptionOptions,
): Promise<SignedSubscription> {
  const names = topics.map(requireTopicName)
  const broadcasterAddress = parseAddress(crypto, sender)
  const { signature, timestampMs } = await createConsentProof(crypto, {
    signer,
    broadcasterAddress,
    timestampMs: nowMs,
  })
  return { address: signer.address, topics: names, signature, signedMs: Number(timestampMs) }
}
