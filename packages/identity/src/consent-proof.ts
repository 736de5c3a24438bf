// Consent proofs: an account's signed word that another account may write to it, carried in the other
// account's invitation.

import { fromHex, nsToMs, toHex } from '@posthorn/bytes'
import { VerificationError } from '@posthorn/errors'
import { type ConsentProofPayload, ConsentProofPayloadVersion } from '@posthorn/wire'
import { askWallet } from './ask-wallet.ts'
import type { CheckCrypto } from './check-crypto.ts'
import { requireMs } from './check-time.ts'
import { parseWalletSignature, recoverSigner } from './signature.ts'
import { consentProofText } from './signature-text.ts'
import type { WalletSigner } from './wallet-signer.ts'

/** How long a consent proof is good for, in milliseconds: 30 days. */
export const consentProofLifetimeMs: number = 30 * 24 * 60 * 60 * 1000

/** A consent proof. */
export type ConsentProof = {
  /** The wallet's 65-byte signature as `0x` and hex. */
  readonly signature: string
  /** When the consent was given, in milliseconds since 1970. */
  readonly timestampMs: bigint
}

/** What {@link createConsentProof} takes. */
export type CreateConsentProofOptions = {
  /** Wallet of the account that consents. */
  readonly signer: WalletSigner
  /** Address of the account that may write; signed as given, so in EIP-55 form. */
  readonly broadcasterAddress: string
  /** Now, in milliseconds since 1970. */
  readonly timestampMs: number
}

/** What {@link verifyConsentProof} takes. */
export type VerifyConsentProofOptions = {
  readonly proof: ConsentProof
  /** Address of the account that may write, in EIP-55 form. */
  readonly broadcasterAddress: string
  /** Address of the account that consented, in EIP-55 form. */
  readonly address: string
  readonly nowNs: bigint
}

/**
 * A proof that the signer's account consents to messages from another. Asks the wallet for one signature.
 *
 * @throws VerificationError `identity/not-signed-by-wallet`, and the other codes of asking a wallet;
 * UsageError `identity/bad-time`
 */
export async function createConsentProof(
  crypto: CheckCrypto,
  { signer, broadcasterAddress, timestampMs }: CreateConsentProofOptions,
): Promise<ConsentProof> {
  requireMs(timestampMs)
  const text = consentProofText({ broadcasterAddress, timestampMs })
  const signature = await askWallet(crypto, signer, text)
  return { signature: `0x${toHex(signature)}`, timestampMs: BigInt(timestampMs) }
}

/**
 * Checks that a proof was signed by an account for another, is not from the future and at most 30 days old.
 *
 * @throws VerificationError `identity/consent-proof-from-future`, `identity/consent-proof-expired`,
 * `identity/consent-proof-not-mine`, `crypto/bad-signature`;
 * CodecError `identity/malformed-wallet-signature`, `bytes/not-hex`
 */
export function verifyConsentProof(crypto: CheckCrypto, options: VerifyConsentProofOptions): void {
  const { proof, broadcasterAddress, address, nowNs } = options
  const timestampMs = Number(proof.timestampMs)
  const ageMs = nsToMs(nowNs) - timestampMs
  if (ageMs < 0) throw refused('from-future', 'a time to come', 'one that has passed')
  if (ageMs > consentProofLifetimeMs) throw refused('expired', 'an old one', 'at most 30 days')
  const text = consentProofText({ broadcasterAddress, timestampMs })
  const signature = parseWalletSignature(fromHex(proof.signature))
  if (recoverSigner(crypto, text, signature) !== address) {
    throw refused('not-mine', 'the signature of another account or text', "the account's own")
  }
}

/** The wire form of a proof. */
export function consentProofToWire(proof: ConsentProof): ConsentProofPayload {
  return {
    signature: proof.signature,
    timestamp: proof.timestampMs,
    payloadVersion: ConsentProofPayloadVersion.CONSENT_PROOF_PAYLOAD_VERSION_1,
  }
}

/** The proof of its wire form, or undefined when there is none or it has a version that is not known. */
export function consentProofFromWire(
  payload: ConsentProofPayload | undefined,
): ConsentProof | undefined {
  const known = ConsentProofPayloadVersion.CONSENT_PROOF_PAYLOAD_VERSION_1
  if (payload?.payloadVersion !== known) return undefined
  return { signature: payload.signature, timestampMs: payload.timestamp }
}

function refused(code: string, found: string, wanted: string): VerificationError {
  return new VerificationError(
    `identity/consent-proof-${code}`,
    `Verify consent proof: found ${found}, wanted ${wanted}`,
  )
}
