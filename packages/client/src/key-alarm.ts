// What a careful user wants to hear of: signs that somebody else has, or gives out, keys that are not right.

/** Something about the account's own keys that this client did not do. It goes on with the keys that it has. */
export type OwnKeyAlarm = {
  /**
   * `record-replaced`: the keys on the network are newer ones; another client of the wallet wrote them, or
   * somebody else who made it sign. `record-rolled-back`: a node gives out older ones than it did.
   * `record-missing`: it gives out none.
   * `contact-replaced`: the wallet's account is advertised with an identity that is not this one.
   * `contact-newer`: with newer pre-keys of this identity: another client has changed them.
   */
  readonly kind:
    | 'record-replaced'
    | 'record-rolled-back'
    | 'record-missing'
    | 'contact-replaced'
    | 'contact-newer'
  /** The account, in EIP-55 form. */
  readonly address: string
}

/**
 * Of two nodes that were asked for the keys of an account, one gave older ones, or others: it is behind, or it
 * does not tell the truth. The newest that the account has signed are used.
 */
export type NodesDisagreeAlarm = {
  readonly kind: 'nodes-disagree'
  /** The account, in EIP-55 form. */
  readonly address: string
  /** Base address of the node that gave what is not used. */
  readonly node: string
}

/** What {@link OnKeyAlarm} is told. */
export type KeyAlarm = OwnKeyAlarm | NodesDisagreeAlarm

/** Told of each alarm. */
export type OnKeyAlarm = (alarm: KeyAlarm) => void
