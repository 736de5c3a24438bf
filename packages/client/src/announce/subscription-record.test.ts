import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Change,
  changed,
  lineOfRecord,
  recordOfLine,
  type Subscription,
  subscribed,
} from './subscription-record.ts'

const named = { address: '0xA', topic: 'news' }
const ms = fc.integer({ min: 0, max: 10_000 })
const event = fc.oneof(
  fc.record({ kind: fc.constant('signed' as const), atMs: ms }),
  fc.record({
    kind: fc.constantFrom('active' as const, 'muted' as const, 'unsubscribed' as const),
    atMs: ms,
  }),
)

function after(
  known: Subscription | undefined,
  { kind, atMs }: { kind: 'signed' | Change['state']; atMs: number },
): Subscription | undefined {
  const next =
    kind === 'signed'
      ? subscribed(known, { ...named, proof: { signature: '0x', timestampMs: BigInt(atMs) } })
      : changed(known, { ...named, state: kind, atMs })
  return next ?? known
}

test('nothing but a signature in a later second follows an ending, in whatever order things are heard of', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 12 }), (events) => {
      const state = events.reduce(after, undefined)
      if (state === undefined) return
      const endings = events.filter(({ kind }) => kind === 'unsubscribed')
      const signatures = events.filter(({ kind }) => kind === 'signed')
      const lastEnding = Math.max(-1, ...endings.map(({ atMs }) => Math.floor(atMs / 1_000)))
      const lastSigned = Math.max(-1, ...signatures.map(({ atMs }) => Math.floor(atMs / 1_000)))
      expect(state.state === 'unsubscribed').toBe(lastEnding >= lastSigned)
    }),
  )
})

test('hearing of everything again changes nothing', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 12 }), (events) => {
      const inOrder = events.toSorted((a, b) => a.atMs - b.atMs)
      const once = inOrder.reduce(after, undefined)
      expect(inOrder.reduce(after, once)?.state === 'unsubscribed').toBe(
        once?.state === 'unsubscribed',
      )
    }),
  )
})

test('a record comes back from its line', () => {
  const subscription: Subscription = {
    ...named,
    state: 'muted',
    proof: { signature: '0x12', timestampMs: 5n },
    changedMs: 7,
  }
  const records = [
    { kind: 'subscription' as const, subscription },
    { kind: 'subscription' as const, subscription: { ...subscription, proof: undefined } },
    { kind: 'reached' as const, ns: 2n ** 63n },
  ]
  for (const record of records) expect(recordOfLine(lineOfRecord(record))).toEqual(record)
})
