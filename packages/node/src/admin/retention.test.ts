import { createHash } from 'node:crypto'
import { conversationTopic, type Envelope, inviteTopic } from '@posthorn/envelope'
import { createMemoryStore, type SettingValue } from '@posthorn/store'
import { createVirtualClock } from '@posthorn/testing'
import { describe, expect, test } from 'vitest'
import type { Clock } from '../clock.ts'
import { createRetention } from './retention.ts'
import { retentionRules } from './retention-rule.ts'

const dayMs = 86_400_000

function envelopes(topic: string, count: number): readonly Envelope[] {
  return Array.from({ length: count }, (_, index) => ({
    contentTopic: topic,
    timestampNs: BigInt(index),
    message: Uint8Array.of(index % 256, index >> 8),
  }))
}

async function setUp(rules: Readonly<Record<string, SettingValue>>) {
  const clock = createVirtualClock()
  const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest())
  const store = createMemoryStore({ sha256, clock })
  await store.settings.change({
    values: new Map(Object.entries(rules).map(([name, rule]) => [`retention/${name}`, rule])),
    actor: 'test',
    atNs: clock.nowNs(),
  })
  const pruned: unknown[] = []
  const events = {
    pruned: (category: string, report: object) => pruned.push({ category, ...report }),
    pruneFailed: (error: unknown) => pruned.push(error),
  }
  const retention = createRetention({ store, clock: clock satisfies Clock, events })
  return { clock, store, retention, pruned }
}

describe('retention', () => {
  test('deletes what is older than its rule says, by itself, and leaves other kinds alone', async () => {
    const { clock, store, pruned } = await setUp({ 'v2-conversation': { days: 2 } })
    await store.append(envelopes(conversationTopic('a'), 1_200))
    await store.append(envelopes(inviteTopic('0x1'), 5))
    await clock.advance(dayMs)
    await store.append(envelopes(conversationTopic('b'), 7))
    expect((await store.counts()).envelopes).toBe(1_212)
    await clock.advance(1.5 * dayMs)
    expect((await store.counts()).envelopes).toBe(12)
    expect(pruned).toEqual([{ category: 'v2-conversation', envelopes: 1_200, bytes: 2_400 }])
  })

  test('tells beforehand what it would delete, also by a rule that is not set', async () => {
    const { clock, store, retention } = await setUp({ 'v2-invite': { days: 30 } })
    await store.append(envelopes(conversationTopic('a'), 3))
    await clock.advance(dayMs)
    const report = await retention.preview({ category: 'v2-conversation', days: 1 })
    expect(report).toEqual([
      { category: 'v2-invite', days: 30, envelopes: 0, bytes: 0 },
      { category: 'v2-conversation', days: 1, envelopes: 0, bytes: 0 },
    ])
    await clock.advance(1)
    expect(await retention.preview({ category: 'v2-conversation', days: 1 })).toContainEqual({
      category: 'v2-conversation',
      days: 1,
      envelopes: 3,
      bytes: 6,
    })
    expect((await store.counts()).envelopes).toBe(3)
  })

  test('deletes nothing once it has been stopped', async () => {
    const { clock, store, retention } = await setUp({ 'v2-conversation': { days: 1 } })
    await store.append(envelopes(conversationTopic('a'), 3))
    retention[Symbol.dispose]()
    await clock.advance(3 * dayMs)
    expect((await store.counts()).envelopes).toBe(3)
    expect(clock.pendingTimers()).toBe(0)
  })

  test('a rule that cannot be read deletes nothing', () => {
    const values = new Map<string, SettingValue>([
      ['retention/contact', { days: 0 }],
      ['retention/letters', { days: 1 }],
      ['retention/test', { days: 1.5 }],
      ['retention/private', { days: 90 }],
    ])
    expect(retentionRules(values)).toEqual([{ category: 'private', days: 90 }])
  })
})
