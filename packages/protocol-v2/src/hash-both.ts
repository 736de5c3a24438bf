import { concatBytes } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'

// Messages of usual size are laid out here to be hashed, which allocates nothing; wiped after each use.
const space = new Uint8Array(8_192)

/** SHA-256 of two arrays, the second behind the first. */
export function hashBoth(
  { hash }: { readonly hash: Pick<Crypto['hash'], 'sha256'> },
  first: Uint8Array,
  second: Uint8Array,
): Uint8Array {
  const end = first.length + second.length
  if (end > space.length) return hash.sha256(concatBytes(first, second))
  space.set(first)
  space.set(second, first.length)
  const digest = hash.sha256(space.subarray(0, end))
  space.fill(0, 0, end)
  return digest
}
