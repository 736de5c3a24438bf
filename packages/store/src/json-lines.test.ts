import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { appends } from './contract/arbitraries.ts'
import { numbered, plain, upTo } from './contract/fixtures.ts'
import { exportLines, importLines } from './json-lines.ts'
import { createMemoryStore } from './memory.ts'
import type { Store } from './store.ts'

const sha256 = (data: Uint8Array) => new Uint8Array(createHash('sha256').update(data).digest())
const newStore = () => createMemoryStore({ sha256 })

async function contents(store: Store) {
  return plain(await Array.fromAsync(store.scan()))
}

const header = '{"format":"posthorn-envelopes","version":1}'
const row = '{"topic":"t","timestampNs":"18446744073709551615","message":"AQI=","sequence":1}'

describe('json lines', () => {
  test('default: one line for each envelope, between a first and a last one', async () => {
    await using store = newStore()
    const message = Uint8Array.of(1, 2)
    await store.append([{ contentTopic: 't', timestampNs: 2n ** 64n - 1n, message }])
    expect(await Array.fromAsync(exportLines(store))).toEqual([header, row, '{"envelopes":1}'])
  })

  test('default: what was exported comes back in another store, once', async () => {
    await fc.assert(
      fc.asyncProperty(appends, async (batches) => {
        await using first = newStore()
        await using second = newStore()
        for (const batch of batches) await first.append(batch)
        const lines = await Array.fromAsync(exportLines(first))
        const { envelopes } = await first.counts()
        expect(await importLines(second, lines)).toEqual({ envelopes, duplicates: 0 })
        expect(await contents(second)).toEqual(await contents(first))
        expect(await importLines(second, lines)).toEqual({ envelopes: 0, duplicates: envelopes })
        expect(await contents(second)).toEqual(await contents(first))
      }),
      { numRuns: 20 },
    )
  })

  const bad: readonly (readonly [what: string, line: number, lines: readonly string[]])[] = [
    ['nothing', 1, []],
    ['no header', 1, [row, '{"envelopes":1}']],
    ['another version', 1, ['{"format":"posthorn-envelopes","version":2}', '{"envelopes":0}']],
    ['no JSON', 2, [header, '{"topic":', '{"envelopes":0}']],
    ['JSON that is no object', 2, [header, 'null']],
    ['a topic that is no text', 2, [header, row.replace('"t"', '7')]],
    ['a number as time', 3, [header, row, row.replace(/"(\d+)"/, '$1')]],
    ['a time beyond 64 bits', 2, [header, row.replace('18446744073709551615', '9'.repeat(20))]],
    ['a message that is no base64', 2, [header, row.replace('AQI=', '*')]],
    ['a topic that is too long', 2, [header, row.replace('"t"', `"${'t'.repeat(301)}"`)]],
    ['an end cut off', 3, [header, row]],
    ['a wrong number of envelopes', 3, [header, row, '{"envelopes":2}']],
    ['more after the end', 4, [header, row, '{"envelopes":1}', row]],
  ]

  test.each(bad)('error: %s is refused with its line', async (_, line, lines) => {
    await using store = newStore()
    const refused = importLines(store, lines)
    await expect(refused).rejects.toMatchObject({ code: 'store/bad-line', details: { line } })
  })

  test('behavior: what comes before a bad line stays, and a line end at the end is fine', async () => {
    await using first = newStore()
    await first.append(upTo(600).map((n) => numbered(n)))
    const lines = await Array.fromAsync(exportLines(first))
    await using second = newStore()
    const broken = lines.with(590, 'broken')
    await expect(importLines(second, broken)).rejects.toMatchObject({ details: { line: 591 } })
    expect(await second.counts()).toMatchObject({ envelopes: 589 })
    expect(await importLines(second, [...lines, ''])).toEqual({ envelopes: 11, duplicates: 589 })
  })
})
