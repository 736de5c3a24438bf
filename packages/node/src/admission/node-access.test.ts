import { describe, expect, test } from 'vitest'
import { parseConfig } from '../config.ts'
import { systemClock } from '../system-clock.ts'
import { createNodeFloodGuard } from './node-access.ts'

type Flags = Readonly<Record<string, unknown>>

function clientOf(flags: Flags) {
  return createNodeFloodGuard(parseConfig({ flags }), systemClock).client('127.0.0.1')
}

// How many connections are taken in, of five.
function connections(flags: Flags): number {
  const client = clientOf({ 'max-client-connections': 2, ...flags })
  return Array.from({ length: 5 }, () => client.connect()).filter(Boolean).length
}

function isBarredAfterFlood(flags: Flags): boolean {
  const client = clientOf(flags)
  client.bar()
  return client.isBarred()
}

describe('flood guard of a node', () => {
  test('default: a node that only its machine can reach bars floods and counts no connections', () => {
    expect(isBarredAfterFlood({})).toBe(true)
    expect(connections({})).toBe(5)
  })

  test('behavior: one that others can reach does both', () => {
    expect(isBarredAfterFlood({ host: '0.0.0.0' })).toBe(true)
    expect(connections({ host: '0.0.0.0' })).toBe(2)
  })

  test('behavior: without limits it does neither', () => {
    expect(isBarredAfterFlood({ limits: 'off' })).toBe(false)
    expect(connections({ limits: 'off' })).toBe(5)
  })

  test('behavior: trusted proxies are never barred', () => {
    expect(isBarredAfterFlood({ 'trusted-proxy': ['127.0.0.0/8'] })).toBe(false)
  })
})
