import { importKeystore, type Keystore } from '@posthorn/protocol-v2'
import { createVirtualClock } from '@posthorn/testing'
import { describe, expect, test } from 'vitest'
import { crypto, newKeystore, nowNs } from '../test-account.ts'
import { createLockingKeystore, type LockingKeystoreOptions } from './locking-keystore.ts'

const idleMs = 1_000
const wiped = { code: 'keystore/closed' }
const locked = { name: 'UsageError', code: 'keystore/locked' }

async function world(options: Partial<LockingKeystoreOptions> = {}) {
  const clock = createVirtualClock()
  const inner = await newKeystore()
  const keys = await inner.exportKeyBundle()
  const unlocked: Keystore[] = []
  const unlock = async (): Promise<Keystore> => {
    const again = importKeystore(crypto, keys)
    unlocked.push(again)
    return again
  }
  const keystore = createLockingKeystore(inner, { clock, idleMs, unlock, ...options })
  return { clock, inner, unlocked, keystore, token: () => keystore.createAuthToken(nowNs) }
}

describe('locking keystore', () => {
  test('default: wipes its keys when nothing has used them for a while', async () => {
    let locks = 0
    const { clock, inner, keystore, token } = await world({ onLock: () => ++locks })
    await clock.advance(idleMs - 1)
    await token()
    await clock.advance(idleMs - 1)
    expect(keystore.isLocked).toBe(false)
    await clock.advance(1)
    expect([keystore.isLocked, locks]).toEqual([true, 1])
    await expect(inner.exportKeyBundle()).rejects.toMatchObject(wiped)
    expect([keystore.address, keystore.keyBundle]).toEqual([inner.address, inner.keyBundle])
  })

  test('default: unlocks once for all who wait, and locks again', async () => {
    const { clock, keystore, token, unlocked } = await world()
    await clock.advance(idleMs)
    await Promise.all([token(), token(), keystore.consentTopic()])
    expect(unlocked).toHaveLength(1)
    await clock.advance(idleMs)
    expect(keystore.isLocked).toBe(true)
    await expect(unlocked[0]?.exportKeyBundle()).rejects.toMatchObject(wiped)
    await token()
    expect(unlocked).toHaveLength(2)
  })

  test('default: locks at once when it is told to', async () => {
    const { inner, keystore } = await world()
    keystore.lock()
    keystore.lock()
    expect(keystore.isLocked).toBe(true)
    await expect(inner.exportKeyBundle()).rejects.toMatchObject(wiped)
  })

  test('behavior: never wipes keys that are at work', async () => {
    const { clock, keystore, inner } = await world()
    let finish = (): void => undefined
    const signing = new Promise<void>((resolve) => {
      finish = resolve
    })
    const sealing = keystore.sealKeyBundle({
      address: inner.address,
      signText: async () => {
        await signing
        return new Uint8Array(65)
      },
    })
    await clock.advance(idleMs * 3)
    keystore.lock()
    expect(keystore.isLocked).toBe(false)
    finish()
    await expect(sealing).rejects.toThrow()
    expect(keystore.isLocked).toBe(true)
  })

  test('behavior: a machine that slept over the time comes back locked', async () => {
    const { clock, keystore, inner, token, unlocked } = await world()
    clock.shiftWallClock(idleMs)
    await token()
    expect(unlocked).toHaveLength(1)
    await expect(inner.exportKeyBundle()).rejects.toMatchObject(wiped)
    expect(keystore.isLocked).toBe(false)
  })

  test('behavior: a clock that is set back hardly puts off the end', async () => {
    const { clock, keystore } = await world()
    clock.shiftWallClock(-1_000_000)
    await clock.advance(idleMs * 2)
    expect(keystore.isLocked).toBe(true)
  })

  test('error: without a way to unlock, or when that fails, it is keystore/locked', async () => {
    const without = await world({ unlock: undefined })
    await without.clock.advance(idleMs)
    await expect(without.token()).rejects.toMatchObject(locked)
    let tries = 0
    const cause = new TypeError('mistyped')
    const failing = await world({
      unlock: async () => {
        tries += 1
        if (tries === 1) throw cause
        return newKeystore()
      },
    })
    await failing.clock.advance(idleMs)
    await expect(failing.token()).rejects.toMatchObject({ ...locked, cause })
    await expect(failing.token()).rejects.toMatchObject({ code: 'keystore/other-account' })
  })

  test('behavior: closing wipes the keys, leaves no timer, and stays closed', async () => {
    const { clock, keystore, inner, token, unlocked } = await world()
    await keystore[Symbol.asyncDispose]()
    await expect(token()).rejects.toMatchObject(wiped)
    await expect(inner.exportKeyBundle()).rejects.toMatchObject(wiped)
    await clock.advance(0)
    expect([clock.pendingTimers(), unlocked]).toEqual([0, []])
  })

  test('behavior: what is unlocked after closing is wiped', async () => {
    let late: Keystore | undefined
    let finish = (): void => undefined
    const asked = new Promise<void>((resolve) => {
      finish = resolve
    })
    const { clock, keystore, token } = await world({
      unlock: async () => {
        await asked
        late = await newKeystore()
        return late
      },
    })
    await clock.advance(idleMs)
    const using = token()
    await keystore[Symbol.asyncDispose]()
    finish()
    await expect(using).rejects.toMatchObject(wiped)
    await expect(late?.exportKeyBundle()).rejects.toMatchObject(wiped)
  })
})
