// Remembers which public key bundles were verified, because most messages come from few senders.

import { equalBytes } from '@posthorn/bytes'

// Real bundles have some 290 bytes; larger ones are verified every time.
const maxCachedBytes = 512
// A bundle ends with the signature of its pre-key.
const nameBytes = 24

/** What is known of a sender whose bundle was verified. */
export type VerifiedSender = {
  /** In EIP-55 form. */
  readonly address: string
  /** The public pre-key, 65 bytes, that signs the sender's messages. */
  readonly preKey: Uint8Array
}

/** A sender, and a copy of the encoded bundle that was verified. */
export type KnownSender = VerifiedSender & { readonly bundle: Uint8Array }

/**
 * Verified bundles by their last bytes, the longest unused first. Only verification adds to it, and only the same
 * bytes are taken for known, so an entry holds for everybody who meets it.
 */
export type KeyBundleCache = {
  readonly capacity: number
  readonly senders: Map<string, KnownSender>
}

/** An empty cache of at most `capacity` bundles, about 1 KB each. */
export function createKeyBundleCache(capacity = 1_000): KeyBundleCache {
  return { capacity, senders: new Map() }
}

/** What is remembered of an encoded bundle. */
export function recallSender(
  { senders }: KeyBundleCache,
  bundle: Uint8Array,
): VerifiedSender | undefined {
  const name = nameOf(bundle)
  const known = senders.get(name)
  if (known === undefined || !equalBytes(known.bundle, bundle)) return undefined
  senders.delete(name)
  senders.set(name, known)
  return known
}

/** Remembers a bundle whose whole chain the caller has just verified, forgetting the longest unused. */
export function rememberSender(
  { senders, capacity }: KeyBundleCache,
  bundle: Uint8Array,
  sender: VerifiedSender,
): void {
  if (bundle.length > maxCachedBytes || capacity < 1) return
  const name = nameOf(bundle)
  senders.delete(name)
  const [oldest] = senders.keys()
  if (oldest !== undefined && senders.size >= capacity) senders.delete(oldest)
  // The bytes of a message are views into its plaintext, which must not stay for them.
  const preKey = new Uint8Array(sender.preKey)
  senders.set(name, { ...sender, preKey, bundle: new Uint8Array(bundle) })
}

// One character for each byte.
function nameOf(bundle: Uint8Array): string {
  return Reflect.apply(String.fromCharCode, undefined, bundle.subarray(-nameBytes))
}
