// What a careful user wants to hear of: signs that somebody else has, or gave out, keys of the account.

/** Something about the account's keys that this client did not do. It goes on with the keys that it has. */
export type KeyAlarm = {
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

/** Told of each alarm. */
export type OnKeyAlarm = (alarm: KeyAlarm) => void
