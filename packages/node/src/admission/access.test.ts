import { AdmissionError, StorageError } from '@posthorn/errors'
import type { Settings, SettingValue } from '@posthorn/store'
import { createVirtualClock } from '@posthorn/testing'
import { describe, expect, test } from 'vitest'
import { silentLogger } from '../logger.ts'
import { type AccessParts, createAccess } from './access.ts'

const bob = '0x4E9ce36E442e55EcD9025B9a6E0D88485d628A67'
const envelope = { contentTopic: 'a', timestampNs: 1n, message: new Uint8Array(0) }
const request = { envelopes: [envelope], address: bob, remoteAddress: '192.0.2.1' }

function settingsOf(initial: Readonly<Record<string, SettingValue>> = {}) {
  let current: Settings = { version: 0, values: new Map(Object.entries(initial)) }
  const state = { failure: undefined as Error | undefined, reads: 0 }
  return {
    state,
    set: (values: Readonly<Record<string, SettingValue>>) => {
      current = { version: current.version + 1, values: new Map(Object.entries(values)) }
    },
    store: {
      version: async () => {
        if (state.failure) throw state.failure
        return current.version
      },
      read: async () => {
        state.reads++
        if (state.failure) throw state.failure
        return current
      },
    },
  }
}

function accessOf(
  settings: ReturnType<typeof settingsOf>,
  options: Partial<Pick<AccessParts, 'defaults' | 'isLimited' | 'log'>> = {},
) {
  const clock = createVirtualClock()
  const parts = { settings: settings.store, clock, log: silentLogger, defaults: {}, ...options }
  return { clock, access: createAccess({ isLimited: true, ...parts }) }
}

describe('createAccess', () => {
  test('default: the settings of the store hold from the first publish on', async () => {
    const settings = settingsOf({ [`access/deny/publish/${bob}`]: {} })
    const { access } = accessOf(settings)
    const decision = await access.admission.decide(request)
    expect(decision).toMatchObject({ kind: 'refused', error: { code: 'postage/denied' } })
  })

  test('behavior: a change is seen within half a second, and read once', async () => {
    const settings = settingsOf()
    const { clock, access } = accessOf(settings)
    expect(await access.admission.decide(request)).toEqual({ kind: 'admitted' })
    settings.set({ 'access/mode': 'allow-list' })
    await clock.advance(500)
    expect(await access.admission.decide(request)).toMatchObject({
      error: { code: 'postage/not-listed' },
    })
    settings.set({ 'access/mode': 'allow-list', 'access/allow/publish/192.0.2.0/24': {} })
    await clock.advance(500)
    expect(await access.admission.decide(request)).toEqual({ kind: 'admitted' })
    await clock.advance(60_000)
    expect(settings.state.reads).toBe(3)
  })

  test('behavior: who changes them here need not wait', async () => {
    const settings = settingsOf()
    const { access } = accessOf(settings)
    const seen: string[] = []
    const listening = access.onChange((policy) => seen.push(policy.mode))
    settings.set({ 'access/mode': 'allow-list' })
    await access.refresh()
    expect(access.policy().mode).toBe('allow-list')
    listening[Symbol.dispose]()
    settings.set({ 'access/mode': 'open' })
    await access.refresh()
    expect(access.policy().mode).toBe('open')
    expect(seen).toEqual(['allow-list'])
  })

  test('behavior: other defaults hold at once, where the settings are silent', async () => {
    const settings = settingsOf({ 'limits/read': '7/7' })
    const { access } = accessOf(settings, { defaults: { mode: 'allow-list' } })
    await access.refresh()
    expect(access.policy()).toMatchObject({ mode: 'allow-list' })
    const one = { burst: 1, perMinute: 1 }
    await access.setDefaults({ limits: { publish: one, read: one } })
    expect(access.policy()).toMatchObject({
      mode: 'open',
      limits: { publish: one, read: { burst: 7, perMinute: 7 } },
    })
  })

  test('behavior: settings never read, nobody publishes; lost later, the last ones hold', async () => {
    const settings = settingsOf({ [`access/deny/publish/${bob}`]: {} })
    const warnings: string[] = []
    const log = {
      ...silentLogger,
      warn: (_fields: object, message: string) => void warnings.push(message),
    }
    const { clock, access } = accessOf(settings, { log })
    settings.state.failure = new StorageError('store/unavailable', 'Read settings: the disk fails')
    await expect(access.admission.decide(request)).rejects.toBe(settings.state.failure)
    await clock.advance(5_000)
    expect(warnings).toEqual(['Access settings cannot be read'])
    settings.state.failure = undefined
    expect(await access.admission.decide(request)).toMatchObject({ kind: 'refused' })
    await clock.advance(500)
    settings.set({})
    settings.state.failure = new StorageError('store/unavailable', 'Read settings: the disk fails')
    await clock.advance(5_000)
    expect(await access.admission.decide(request)).toMatchObject({ kind: 'refused' })
    settings.state.failure = undefined
    await clock.advance(500)
    expect(await access.admission.decide(request)).toEqual({ kind: 'admitted' })
    expect(warnings).toHaveLength(2)
  })

  test('behavior: what cannot be read is told to the operator', async () => {
    const told: object[] = []
    const log = { ...silentLogger, warn: (fields: object) => void told.push(fields) }
    const { access } = accessOf(settingsOf({ 'access/deny/publish/nobody': {} }), { log })
    await access.refresh()
    expect(told).toEqual([{ event: 'access-unreadable', count: 1 }])
  })

  test('behavior: publishes at once are given no more than the limit', async () => {
    const { access, clock } = accessOf(settingsOf({ 'limits/publish': '100/60' }))
    const decisions = await Promise.all(
      Array.from({ length: 1_000 }, () => access.admission.decide(request)),
    )
    expect(decisions.filter(({ kind }) => kind === 'admitted')).toHaveLength(100)
    await clock.advance(3_000)
    const later = await Promise.all(
      Array.from({ length: 10 }, () => access.admission.decide(request)),
    )
    expect(later.filter(({ kind }) => kind === 'admitted')).toHaveLength(3)
  })

  test('behavior: without limits the lists hold', async () => {
    const settings = settingsOf({ 'limits/publish': '1/1', 'access/deny/publish/192.0.2.9': {} })
    const { access } = accessOf(settings, { isLimited: false })
    for (let count = 0; count < 10; count++) {
      expect(await access.admission.decide(request)).toEqual({ kind: 'admitted' })
    }
    const denied = { ...request, remoteAddress: '192.0.2.9' }
    expect(await access.admission.decide(denied)).toMatchObject({ kind: 'refused' })
  })

  describe('streams', () => {
    test('are ended when their address is shut out, and no other is', async () => {
      const settings = settingsOf()
      const { clock, access } = accessOf(settings)
      const ended: unknown[] = []
      const open = (address: string, name: string) =>
        access.reads.openStream(address, (error) => ended.push([name, error]))
      open('192.0.2.1', 'shut out')
      open('::ffff:192.0.2.2', 'shut out, too')
      open('192.0.3.1', 'other')
      open('192.0.2.3', 'closed')[Symbol.dispose]()
      settings.set({ 'access/deny/publish/192.0.2.0/24': {} })
      await clock.advance(500)
      const error = expect.any(AdmissionError)
      expect(ended).toEqual([
        ['shut out', error],
        ['shut out, too', error],
      ])
      expect(() => open('192.0.2.4', 'late')).toThrow('deny listed')
    })

    test('cost one of the reads each', async () => {
      const settings = settingsOf({ 'limits/read': '2/1' })
      const { access } = accessOf(settings)
      await access.refresh()
      const open = () => access.reads.openStream('192.0.2.1', () => undefined)
      open()
      open()
      expect(open).toThrow('exceeds rate limit')
    })
  })

  test('behavior: follows nothing after disposal', async () => {
    const { clock, access } = accessOf(settingsOf())
    access[Symbol.dispose]()
    expect(clock.pendingTimers()).toBe(0)
  })
})
