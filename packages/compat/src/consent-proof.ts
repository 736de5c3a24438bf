// The peer's signed word that it wants to be written to.

import type { ConsentProof } from '@posthorn/identity'

/** A consent proof; the time is milliseconds since 1970, as a bigint or an object of the long package. */
export type ConsentProofPayload = {
  /** `0x` and hex. */
  signature: string
  timestamp: bigint | { toString(): string }
  payloadVersion: number
}

const version = 1

/** A consent proof for our client. */
export function proofOf(payload: ConsentProofPayload): ConsentProof {
  const { signature, timestamp } = payload
  return { signature, timestampMs: BigInt(String(timestamp)) }
}

/** A consent proof in the form of the published API. */
export function payloadOf({ signature, timestampMs }: ConsentProof): ConsentProofPayload {
  return { signature, timestamp: timestampMs, payloadVersion: version }
}
