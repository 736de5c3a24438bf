// What the tests of this package share. Not exported.

import { type Crypto, loadCrypto } from '@posthorn/crypto'
import { InternalError, ProtocolError } from '@posthorn/errors'
import {
  createKeyBundle,
  createLocalSigner,
  type PublicKeyBundle,
  publicKeyBundleOf,
  type WalletSigner,
} from '@posthorn/identity'
import type { LocalIdentity } from './local-identity.ts'

/** The back end of the tests. */
export const crypto: Crypto = await loadCrypto()

/** A time in nanoseconds. */
export const nowNs = 1_700_000_000_123_456_789n

/** An account with everything that belongs to it. */
export type TestAccount = {
  readonly identity: LocalIdentity
  readonly bundle: PublicKeyBundle
  readonly signer: WalletSigner
}

/** An account whose wallet key is made of one byte; its other keys are random. */
export async function createAccount(walletByte: number): Promise<TestAccount> {
  const signer = createLocalSigner(crypto, new Uint8Array(32).fill(walletByte))
  const keys = await createKeyBundle(crypto, { signer, createdMs: 1_700_000_000_000 })
  return { identity: { address: signer.address, keys }, bundle: publicKeyBundleOf(keys), signer }
}

/** The bytes with some bits of one byte turned over. */
export function flipped(bytes: Uint8Array, at: number, mask: number): Uint8Array {
  return bytes.map((byte, i) => (i === at % bytes.length ? byte ^ mask : byte))
}

/** What a step gives, or undefined when it refuses its input; fails on errors that are not ours. */
export async function orRefused<T>(step: () => Promise<T> | T): Promise<T | undefined> {
  try {
    return await step()
  } catch (error) {
    if (error instanceof ProtocolError) return undefined
    throw error
  }
}

/** Fails when a step changes what it was given. */
export async function withoutMutation<I, T>(
  input: I,
  step: (input: I) => T | Promise<T>,
): Promise<T> {
  const before = shown(input)
  const result = await step(input)
  if (shown(input) === before) return result
  throw new InternalError('test/mutated', 'Run step: it changed what it was given')
}

function shown(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === 'bigint') return `${inner}n`
    if (inner instanceof Map) return [...inner]
    return inner instanceof Uint8Array ? [...inner] : inner
  })
}
