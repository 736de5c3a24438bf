/** A message to publish. */
export type SealedMessage = {
  /** Hex SHA-256 of `bytes`. */
  readonly id: string
  readonly bytes: Uint8Array
  /** Time for the envelope. */
  readonly sentNs: bigint
  /** Topic of the conversation. */
  readonly topic: string
}

/** A message that was opened and whose sender is proven. */
export type OpenedMessage = {
  readonly version: 'v1' | 'v2'
  /** Hex SHA-256 of the message's bytes. */
  readonly id: string
  /**
   * Hex SHA-256 of what is sealed. Anybody can file copies of a message with other ids, by changing bytes that
   * nothing vouches for; they all have this in common.
   */
  readonly sealedId: string
  /** In EIP-55 form. */
  readonly senderAddress: string
  /** In EIP-55 form; V1 messages only. */
  readonly recipientAddress?: string
  /** When it was sent, as the sender says. */
  readonly sentNs: bigint
  /** Topic of the conversation. */
  readonly topic: string
  /** Encoded content. */
  readonly content: Uint8Array
  /** Whether the sender is neither this account nor the peer, but somebody who got hold of the key. */
  readonly isFromStranger: boolean
}
