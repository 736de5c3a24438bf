// Holds a keystore for as long as it is used.

import type { Keystore } from '@posthorn/protocol-v2'
import { closed, locked, otherAccount } from '../keystore-errors.ts'
import { createIdleWatch, type KeystoreClock } from './idle-watch.ts'

/** Options of {@link createKeyHolder}. */
export type KeyHolderOptions = {
  readonly clock: KeystoreClock
  readonly idleMs: number
  /**
   * Comes by the keys again, for instance by asking their owner for a passphrase; whoever uses the keystore
   * waits for it. Without it a locked keystore is of no more use.
   */
  readonly unlock?: (() => Promise<Keystore>) | undefined
  /** Called each time the keys have been wiped. */
  readonly onLock?: (() => void) | undefined
}

/** Holds a keystore, or nothing. */
export type KeyHolder = {
  isLocked(): boolean
  use<T>(work: (keystore: Keystore) => Promise<T>): Promise<T>
  lock(): void
  close(): Promise<void>
}

/** Holds a keystore, which belongs to it from now on. */
export function createKeyHolder(first: Keystore, options: KeyHolderOptions): KeyHolder {
  const idle = createIdleWatch(options.clock, options.idleMs)
  let held: Keystore | undefined = first
  let unlocking: Promise<Keystore> | undefined
  let isLockWanted = false
  let isClosed = false

  async function wipe(): Promise<void> {
    const wiped = held
    held = undefined
    isLockWanted = false
    idle.stop()
    await wiped?.[Symbol.asyncDispose]()
  }

  function lock(): void {
    isLockWanted = held !== undefined
    if (!isLockWanted || idle.isBusy()) return
    void wipe()
    options.onLock?.()
  }

  async function unlock(): Promise<Keystore> {
    const opened = await unlockedBy(options)
    if (isClosed || opened.address !== first.address) {
      await opened[Symbol.asyncDispose]()
      throw isClosed ? closed() : otherAccount()
    }
    held = opened
    idle.start(lock)
    return opened
  }

  function unlockOnce(): Promise<Keystore> {
    unlocking ??= unlock().finally(() => {
      unlocking = undefined
    })
    return unlocking
  }

  async function use<T>(work: (keystore: Keystore) => Promise<T>): Promise<T> {
    if (isClosed) throw closed()
    if (idle.isOver()) lock()
    idle.begin()
    try {
      return await work(held ?? (await unlockOnce()))
    } finally {
      idle.end()
      if (isLockWanted) lock()
    }
  }

  async function close(): Promise<void> {
    isClosed = true
    await wipe()
  }

  idle.start(lock)
  return { isLocked: () => held === undefined, use, lock, close }
}

async function unlockedBy({ unlock }: KeyHolderOptions): Promise<Keystore> {
  if (unlock === undefined) throw locked()
  try {
    return await unlock()
  } catch (cause) {
    throw locked(cause)
  }
}
