// The port behind which key bundles lie while no program runs: one sealed blob for each account and network.

/** Whose keys they are. */
export type KeyOwner = {
  /** The network, in whatever words the application has for it: `production`, the URL of a node. */
  readonly network: string
  /** The account's address, in any case. */
  readonly address: string
}

/**
 * A place on this device for the keys of accounts. It seals what it is given and understands nothing of it.
 * Each call stands for itself: a resolved `save` is stored, whole or not at all.
 *
 * Methods reject with StorageError `keystore/unavailable` when the place cannot be read or written, and with
 * VerificationError or CodecError when what lies there is not what was saved.
 */
export type KeyVault = {
  /** A copy of what was saved, or undefined. The caller wipes it. */
  load(owner: KeyOwner): Promise<Uint8Array | undefined>
  /** Puts bytes in the place of whatever was saved before. */
  save(owner: KeyOwner, bytes: Uint8Array): Promise<void>
  /** Forgets what was saved, if anything. */
  remove(owner: KeyOwner): Promise<void>
}

/** One text for each owner, the same for an address in any case. */
export function ownerText({ network, address }: KeyOwner): string {
  return JSON.stringify([network, address.toLowerCase()])
}
