// Remembers which public key bundles were verified, because most messages come from few senders.

import { encode, SignedPublicKeyBundle } from '@posthorn/wire'

// Real bundles have about 290 bytes; larger ones are verified every time.
const maxCachedBundleBytes = 1_024

/** What is known of a sender whose bundle was verified. */
export type VerifiedSender = {
  /** In EIP-55 form. */
  readonly address: string
  /** The public pre-key, 65 bytes, that signs the sender's messages. */
  readonly preKey: Uint8Array
}

/**
 * Verified bundles by their exact bytes, the longest unused first. Only verification adds to it, so an entry
 * holds for everybody who meets the same bytes.
 */
export type KeyBundleCache = {
  readonly capacity: number
  readonly senders: Map<string, VerifiedSender>
}

/** An empty cache of at most `capacity` bundles, about 1 KB each. */
export function createKeyBundleCache(capacity = 1_000): KeyBundleCache {
  return { capacity, senders: new Map() }
}

/** The name under which a bundle is remembered: its bytes; undefined when it is too large. */
export function bundleName(bundle: SignedPublicKeyBundle): string | undefined {
  const bytes = encode(SignedPublicKeyBundle, bundle)
  if (bytes.length > maxCachedBundleBytes) return undefined
  // One character per byte; six times as fast as spreading the bytes into arguments.
  return Reflect.apply(String.fromCharCode, undefined, bytes)
}

/** What is remembered of a bundle. */
export function recallSender(
  cache: KeyBundleCache,
  name: string | undefined,
): VerifiedSender | undefined {
  const sender = name === undefined ? undefined : cache.senders.get(name)
  if (name !== undefined && sender !== undefined) {
    cache.senders.delete(name)
    cache.senders.set(name, sender)
  }
  return sender
}

/** Remembers a bundle whose whole chain the caller has just verified, forgetting the longest unused. */
export function rememberSender(
  cache: KeyBundleCache,
  name: string | undefined,
  sender: VerifiedSender,
): void {
  if (name === undefined || cache.capacity < 1) return
  const [oldest] = cache.senders.keys()
  if (oldest !== undefined && cache.senders.size >= cache.capacity) cache.senders.delete(oldest)
  cache.senders.set(name, sender)
}
