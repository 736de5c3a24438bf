// A keystore that forgets its keys when nobody uses them, and comes by them again when somebody does.

import type { Keystore } from '@posthorn/protocol-v2'
import { forwardKeystore } from '../forward-keystore.ts'
import { createKeyHolder, type KeyHolderOptions } from './key-holder.ts'

/** Options of {@link createLockingKeystore}. */
export type LockingKeystoreOptions = Omit<KeyHolderOptions, 'idleMs'> & {
  /** The keys are wiped when nothing has used them for so long; default 900,000 (15 minutes). */
  readonly idleMs?: number | undefined
}

/** A keystore that locks. */
export type LockingKeystore = Keystore & {
  readonly isLocked: boolean
  /** Wipes the keys at once, or as soon as what is at work with them is done. */
  lock(): void
}

const defaultIdleMs = 900_000

/**
 * Wraps a keystore, which is its own from now on. Address and public keys stay; every other use of a locked one
 * waits for `unlock`, and rejects with UsageError `keystore/locked` where there is none or it fails, or with
 * VerificationError `keystore/other-account`.
 */
export function createLockingKeystore(
  keystore: Keystore,
  options: LockingKeystoreOptions,
): LockingKeystore {
  const { idleMs = defaultIdleMs } = options
  const holder = createKeyHolder(keystore, { ...options, idleMs })
  return {
    ...forwardKeystore(keystore, holder.use),
    get isLocked() {
      return holder.isLocked()
    },
    lock: holder.lock,
    [Symbol.asyncDispose]: holder.close,
  }
}
