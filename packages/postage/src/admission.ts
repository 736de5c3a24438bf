// May this envelope enter? The one port that every way into a node asks.

import type { Envelope } from '@posthorn/envelope'
import type { ProtocolError } from '@posthorn/errors'

/** Who wants to publish what. */
export type AdmissionRequest = {
  readonly envelopes: readonly Envelope[]
  /** Account proven by the token, EIP-55; undefined when the node asks for no token. */
  readonly address: string | undefined
  /** IP address of the client, as the node saw it. */
  readonly remoteAddress: string | undefined
}

/** The answer; a refusal carries the error that the client is to see. */
export type AdmissionDecision =
  | { readonly kind: 'admitted' }
  | { readonly kind: 'refused'; readonly error: ProtocolError }

/** Decides about each publish as a whole. */
export type Admission = {
  decide(request: AdmissionRequest): Promise<AdmissionDecision>
}
