// The port that every kind of name fits.

/** What a resolver gets with each question. */
export type ResolverCall = {
  /** Aborts when nobody waits for the answer any more, or when it took too long. */
  readonly signal: AbortSignal
}

/** Where a name leads. */
export type ResolvedName = {
  /** The one spelling of the name that the resolver itself would give: normalized, lower case. */
  readonly name: string
  /** 0x and 40 hex digits, in any case. */
  readonly address: string
}

/** What an address says its name is. A claim: `createNames` shows it only when the name leads back. */
export type ClaimedName = {
  /** In the spelling in which `resolve` gives it. */
  readonly name: string
  /** An `https:`, `http:`, `ipfs:` or `data:image/` URL. */
  readonly avatar?: string | undefined
}

/**
 * One system of names. Answers `undefined` where the system says that there is none, and throws a
 * TransportError `names/unavailable` where it cannot be asked.
 */
export type NameResolver = {
  /** Short and stable, such as `ens`; results carry it as `source`. */
  readonly kind: string
  /** Whether a text has the form of this system's names. Asks nobody. */
  canResolve(name: string): boolean
  /** @throws ValidationError `names/invalid-name`, `names/confusable-name`; TransportError `names/unavailable` */
  resolve(name: string, call: ResolverCall): Promise<ResolvedName | undefined>
  /** `address` is in EIP-55 form. @throws TransportError `names/unavailable` */
  lookup(address: string, call: ResolverCall): Promise<ClaimedName | undefined>
  /** A text record of a name, for systems that have them. @throws as `resolve` */
  text?(name: string, key: string, call: ResolverCall): Promise<string | undefined>
}
