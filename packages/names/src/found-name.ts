// What names.resolve and names.lookup answer, in memory and in a cache.

declare const verified: unique symbol

/** A name and the address that it leads to. */
export type FoundName = {
  /** Normalized. */
  readonly name: string
  /** In EIP-55 form. */
  readonly address: string
  /** The `kind` of the resolver that knows it. */
  readonly source: string
}

/**
 * The name to show for an address: the address claims it, and whoever writes to the name reaches the address.
 * Only `lookup` makes one.
 */
export type VerifiedName = FoundName & {
  /** An `https:`, `http:`, `ipfs:` or `data:image/` URL. */
  readonly avatar?: string | undefined
  readonly [verified]: true
}

/** Reads a cached value; `undefined` when it is none. */
export function readFoundName(value: unknown): FoundName | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { name, address, source } = value as Partial<FoundName>
  const isWhole =
    typeof name === 'string' && typeof address === 'string' && typeof source === 'string'
  return isWhole ? { name, address, source } : undefined
}

/** Reads a cached value that was a verified name when it was put there; `undefined` when it is none. */
export function readVerifiedName(value: unknown): VerifiedName | undefined {
  const found = readFoundName(value)
  if (found === undefined) return undefined
  const { avatar } = value as { readonly avatar?: unknown }
  return asVerified(typeof avatar === 'string' ? { ...found, avatar } : found)
}

/** Marks a name as verified. For who has just verified it. */
export function asVerified(found: FoundName & { readonly avatar?: string }): VerifiedName {
  return found as VerifiedName
}
