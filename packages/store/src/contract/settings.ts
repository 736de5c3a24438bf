// What settings must do.

// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs the suite brings its runner
import fc from 'fast-check'
// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs the suite brings its runner
import { describe, expect, test } from 'vitest'
import type { AuditEntry, SettingsChange, SettingValue } from '../settings-store.ts'
import type { Open } from './fixtures.ts'

const by = { actor: 'operator', atNs: 2n ** 62n }

/** Describes settings. */
export function testSettings(open: Open): void {
  describe('settings', () => {
    test('default: a change shows at once, whole, with one audit row for each key', async () => {
      await using store = await open()
      const { settings } = store
      expect(await settings.version()).toBe(0)
      expect(await settings.read()).toEqual({ version: 0, values: new Map() })

      const values = new Map<string, SettingValue>([
        ['limits', { perSecond: 5, burst: [1, null, 'é\0'] }],
        ['open', true],
      ])
      expect(await settings.change({ ...by, values, note: 'first' })).toBe(1)
      expect(await settings.version()).toBe(1)
      expect(await settings.read()).toEqual({ version: 1, values })
      const shared = { ...by, version: 1, note: 'first', before: undefined }
      expect(await settings.audit({ limit: 9 })).toEqual([
        { ...shared, id: 2, key: 'open', after: true },
        { ...shared, id: 1, key: 'limits', after: values.get('limits') },
      ])
    })

    test('behavior: random changes and their audit agree with a plain map', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(change, { maxLength: 12 }), async (changes) => {
          await using store = await open()
          const oracle = new SettingsOracle()
          for (const each of changes) {
            expect(await store.settings.change(each)).toBe(oracle.change(each))
          }
          const { version, values } = await store.settings.read()
          expect([version, values]).toEqual([oracle.version, oracle.values])
          const log = await store.settings.audit({ limit: 1_000 })
          expect(log).toEqual(oracle.log.toReversed())
          const [beforeId, limit] = [Math.ceil(log.length / 2), 2]
          const page = log.filter((entry) => entry.id < beforeId).slice(0, limit)
          expect(await store.settings.audit({ beforeId, limit })).toEqual(page)
        }),
        { numRuns: 6 },
      )
    })

    test('behavior: concurrent changes get versions of their own', async () => {
      await using store = await open()
      const changes = [1, 2, 3, 4, 5].map((n) =>
        store.settings.change({ ...by, values: new Map([['key', n]]) }),
      )
      expect((await Promise.all(changes)).toSorted()).toEqual([1, 2, 3, 4, 5])
      const log = await store.settings.audit({ limit: 9 })
      expect(log.map((entry) => entry.id)).toEqual([5, 4, 3, 2, 1])
      for (const [i, entry] of log.entries()) expect(entry.before).toBe(log[i + 1]?.after)
    })

    test('error: what is no key, no name and no JSON is refused, and nothing of it is kept', async () => {
      await using store = await open()
      const good: SettingsChange = { ...by, values: new Map([['good', 1]]) }
      const refused: readonly SettingsChange[] = [
        ...['', 'x'.repeat(513), 'a\0', '\ud800'].map((key) => ({
          ...good,
          values: new Map([...good.values, [key, 2]]),
        })),
        { ...good, values: new Map([['good', [1, Number.NaN]]]) },
        { ...good, actor: '' },
        { ...good, note: 'x'.repeat(4_097) },
      ]
      for (const each of refused) {
        const changed = store.settings.change(each)
        await expect(changed).rejects.toMatchObject({ code: 'store/bad-setting' })
      }
      expect(await store.settings.version()).toBe(0)
      const audit = store.settings.audit({ limit: -1 })
      await expect(audit).rejects.toMatchObject({ code: 'store/bad-limit' })
    })
  })
}

const change: fc.Arbitrary<SettingsChange> = fc.record({
  values: fc
    .array(
      fc.tuple(
        fc.constantFrom('a', 'b', 'ключ', 'd'.repeat(512)),
        fc.constantFrom<SettingValue | undefined>(undefined, null, 0, 1.5, '', 'x', [1], { a: [] }),
      ),
      { maxLength: 4 },
    )
    .map((entries) => new Map(entries)),
  actor: fc.constantFrom('anna', 'bert'),
  atNs: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
  note: fc.constantFrom(undefined, '', 'because'),
})

class SettingsOracle {
  readonly values = new Map<string, SettingValue>()
  readonly log: AuditEntry[] = []
  version = 0

  change({ values, actor, atNs, note }: SettingsChange): number {
    const before = new Map(this.values)
    const keys = [...values.keys()].filter((key) => !isSame(before.get(key), values.get(key)))
    if (keys.length > 0) this.version += 1
    for (const key of keys) {
      const after = values.get(key)
      if (after === undefined) this.values.delete(key)
      else this.values.set(key, after)
      const [id, version] = [this.log.length + 1, this.version]
      this.log.push({ id, version, atNs, actor, note, key, before: before.get(key), after })
    }
    return this.version
  }
}

function isSame(a: SettingValue | undefined, b: SettingValue | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
