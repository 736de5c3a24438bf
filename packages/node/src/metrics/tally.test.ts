import { grpcStatus } from '@posthorn/errors'
import { describe, expect, test } from 'vitest'
import { createBoundedMap, overflowKey } from './bounded-map.ts'
import { programKey, programOf } from './client-labels.ts'
import { createHistogram } from './histogram.ts'
import { createTally } from './tally.ts'

describe('metrics', () => {
  test('a histogram counts a value at its bound there, and what is beyond all bounds last', () => {
    const histogram = createHistogram([1, 10])
    for (const value of [0, 1, 2, 10, 11]) histogram.observe(value)
    expect(histogram.counts).toEqual([2, 2, 1])
    expect(histogram.sum()).toBe(24)
  })

  test('a bounded map keeps what it knows and puts the rest together', () => {
    const map = createBoundedMap(2, () => ({ count: 0 }))
    for (const key of ['a', 'b', 'c', 'd', 'a']) map.get(key).count++
    const counts = Array.from(map.entries(), ([key, { count }]) => [key, count])
    expect(counts).toEqual([
      ['a', 2],
      ['b', 1],
      [overflowKey, 2],
    ])
  })

  test.each([
    ['xmtp-js/11.3.1', { name: 'xmtp-js', version: '11.3.1' }],
    ['@xmtp/browser/1.0', { name: '@xmtp/browser', version: '1.0' }],
    ['odd\n"name"', { name: 'odd__name_', version: '' }],
    [undefined, { name: '', version: '' }],
  ])('a client that says %j is %j', (header, program) => {
    expect(programOf(programKey(header))).toEqual(program)
  })

  test('clients that make up versions cannot make more series than there is room for', () => {
    const tally = createTally()
    for (let version = 0; version < 1_000; version++) {
      tally.call({
        service: 's',
        rpc: 'Query',
        kind: 'unary',
        status: grpcStatus.ok,
        durationMs: 1,
        clientVersion: `x/${version}`,
        appVersion: undefined,
      })
    }
    const calls = [...(tally.methods.get('Query')?.calls.entries() ?? [])]
    expect(calls.length).toBeLessThanOrEqual(201)
    expect(calls.reduce((sum, [, { count }]) => sum + count, 0)).toBe(1_000)
  })
})
