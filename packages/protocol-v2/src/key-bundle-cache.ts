// Remembers which public key bundles were verified, because most messages come from few senders.

import { equalBytes } from '@posthorn/bytes'
import { decode, encode, type SignedPublicKey, SignedPublicKeyBundle } from '@posthorn/wire'

// Real keys have about 70 bytes; bundles with larger ones are verified every time.
const maxCachedKeyBytes = 256

/** What is known of a sender whose bundle was verified. */
export type VerifiedSender = {
  /** In EIP-55 form. */
  readonly address: string
  /** The public pre-key, 65 bytes, that signs the sender's messages. */
  readonly preKey: Uint8Array
}

/** A sender, and a copy of the bundle that was verified. */
export type KnownSender = VerifiedSender & { readonly bundle: SignedPublicKeyBundle }

/**
 * Verified bundles by their pre-keys' signatures, the longest unused first. Only verification adds to it, and
 * only the same bundle in every field is taken for known, so an entry holds for everybody who meets it.
 */
export type KeyBundleCache = {
  readonly capacity: number
  readonly senders: Map<string, KnownSender>
}

/** An empty cache of at most `capacity` bundles, about 1 KB each. */
export function createKeyBundleCache(capacity = 1_000): KeyBundleCache {
  return { capacity, senders: new Map() }
}

/** What is remembered of a bundle. */
export function recallSender(
  cache: KeyBundleCache,
  bundle: SignedPublicKeyBundle,
): VerifiedSender | undefined {
  const name = nameOf(bundle)
  const known = name === undefined ? undefined : cache.senders.get(name)
  if (name === undefined || known === undefined || !isSame(known.bundle, bundle)) return undefined
  cache.senders.delete(name)
  cache.senders.set(name, known)
  return known
}

/** Remembers a bundle whose whole chain the caller has just verified, forgetting the longest unused. */
export function rememberSender(
  cache: KeyBundleCache,
  bundle: SignedPublicKeyBundle,
  sender: VerifiedSender,
): void {
  const name = nameOf(bundle)
  if (name === undefined || cache.capacity < 1) return
  cache.senders.delete(name)
  const [oldest] = cache.senders.keys()
  if (oldest !== undefined && cache.senders.size >= cache.capacity) cache.senders.delete(oldest)
  // The bytes of a message are views into its plaintext, which must not stay for them.
  cache.senders.set(name, { ...sender, bundle: copyOf(bundle) })
}

function copyOf(bundle: SignedPublicKeyBundle): SignedPublicKeyBundle {
  return decode(
    SignedPublicKeyBundle,
    encode(SignedPublicKeyBundle, bundle),
    'SignedPublicKeyBundle',
  )
}

// The signature's bytes, one character each; undefined for bundles that are not to be remembered.
function nameOf({ identityKey, preKey }: SignedPublicKeyBundle): string | undefined {
  const signature = preKey?.signature?.union?.value.bytes
  if (signature?.length !== 64 || !isSmall(identityKey) || !isSmall(preKey)) return undefined
  return Reflect.apply(String.fromCharCode, undefined, signature)
}

function isSmall(key: SignedPublicKey | undefined): boolean {
  const signature = key?.signature?.union?.value.bytes
  return (key?.keyBytes.length ?? 0) <= maxCachedKeyBytes && (signature?.length ?? 0) <= 64
}

function isSame(a: SignedPublicKeyBundle, b: SignedPublicKeyBundle): boolean {
  return isSameKey(a.identityKey, b.identityKey) && isSameKey(a.preKey, b.preKey)
}

function isSameKey(a: SignedPublicKey | undefined, b: SignedPublicKey | undefined): boolean {
  const [one, other] = [a?.signature?.union, b?.signature?.union]
  if (a === undefined || b === undefined || one === undefined || other === undefined) return false
  return (
    one.$case === other.$case &&
    one.value.recovery === other.value.recovery &&
    equalBytes(a.keyBytes, b.keyBytes) &&
    equalBytes(one.value.bytes, other.value.bytes)
  )
}
