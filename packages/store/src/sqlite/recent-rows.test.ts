import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type IndexedRow, RecentRows, recentMemory } from './recent-rows.ts'

const capacity = 16

function rowOf(sequence: number, topic = sequence % 3): IndexedRow {
  const digest = new Uint8Array(32).fill(sequence)
  return {
    topic,
    sequence,
    time: BigInt(-sequence),
    digest,
    bytes: 3 * sequence,
    checksum: 2 ** 32 - sequence,
  }
}

/** Rows as one thread adds them and another reads them, from a first sequence on. */
function shared(first: number, count: number) {
  const memory = recentMemory(capacity)
  const added = new RecentRows(memory, capacity)
  added.restart(first, [])
  for (let n = 0; n < count; n++) added.add(rowOf(first + n))
  return { added, read: new RecentRows(memory, capacity) }
}

describe('recent rows', () => {
  test('default: those of a snapshot are found by topic, in the order of arrival', () => {
    const { read } = shared(101, 9)
    const found = read.within([0, 1, 7], { indexed: 102, last: 108 })
    expect(found).toEqual(
      new Map([
        [0, [105, 108].map((sequence) => rowOf(sequence))],
        [1, [103, 106].map((sequence) => rowOf(sequence))],
      ]),
    )
  })

  test('behavior: topics that share a chain stay apart', () => {
    const { added, read } = shared(1, 0)
    for (const n of [1, 2, 3, 4]) added.add(rowOf(n, n % 2 === 0 ? 5 : 5 + 65_536))
    const found = read.within([5], { indexed: 0, last: 4 })?.get(5)
    expect(found?.map(({ sequence }) => sequence)).toEqual([2, 4])
  })

  test('behavior: memory that never had rows, or not those, holds nothing', () => {
    const never = new RecentRows(recentMemory(capacity), capacity)
    expect(never.within([1], { indexed: 0, last: 1 })).toBeUndefined()
    expect(shared(5, 3).read.within([1], { indexed: 3, last: 7 })).toBeUndefined()
    expect(shared(5, 3).read.within([1], { indexed: 4, last: 8 })).toBeUndefined()
    expect(never.within([1], { indexed: 4, last: 4 })).toEqual(new Map())
  })

  test('behavior: a reader that begins amid a restart and ends after it is told to look elsewhere', () => {
    const memory = recentMemory(capacity)
    const added = new RecentRows(memory, capacity)
    const read = new RecentRows(memory, capacity)
    const cut = new Error('amid the restart')
    function* rows() {
      yield rowOf(1)
      throw cut
    }
    expect(() => added.restart(1, rows())).toThrow(cut)
    function* topics() {
      yield 0
      // What the restart would still do.
      added.add(rowOf(2))
      added.add(rowOf(3))
      Atomics.store(new BigInt64Array(memory, 0, 3), 1, 1n)
    }
    const span = { indexed: 0, last: 3 }
    expect(read.within(topics(), span)).toBeUndefined()
    expect(read.within([0, 1, 2], span)?.size).toBe(3)
    function* later() {
      yield 0
      added.restart(
        1,
        [1, 2, 3].map((sequence) => rowOf(sequence)),
      )
    }
    expect(read.within(later(), span)).toBeUndefined()
  })

  test('behavior: in a large ring the slots that come next are not trusted any more', () => {
    const large = 1_024
    const memory = recentMemory(large)
    const added = new RecentRows(memory, large)
    const read = new RecentRows(memory, large)
    added.restart(1, [])
    for (let last = 1; last <= 2 * large; last++) {
      added.add(rowOf(last))
      const overwritten = Math.max(0, last - large)
      const below = overwritten - 1
      if (below >= 0) expect(read.within([0], { indexed: below, last })).toBeUndefined()
      // Four of the oldest may be given up before their time.
      const kept = Math.min(last, overwritten + 4)
      expect(read.within([7], { indexed: kept, last })).toBeDefined()
    }
  })

  test('behavior: equal rows are found by all that makes them equal', () => {
    const { added } = shared(1, 5)
    expect(added.find(rowOf(4), 0)).toBe(4)
    expect(added.find(rowOf(4), 4)).toBeUndefined()
    expect(added.find(rowOf(4, 77), 0)).toBeUndefined()
    expect(added.find({ ...rowOf(4), time: 9n }, 0)).toBeUndefined()
    expect(added.find({ ...rowOf(4), digest: new Uint8Array(32).fill(99) }, 0)).toBeUndefined()
    expect(added.newestTime(1, 0)).toBe(-1n)
    expect(added.newestTime(1, 1)).toBe(-4n)
    expect(added.newestTime(1, 5)).toBeUndefined()
  })

  test('behavior: whatever was added, a reader gets all rows of its snapshot or is told to look elsewhere', () => {
    const steps = fc.array(fc.oneof(fc.nat({ max: 12 }), fc.constant('restart' as const)), {
      maxLength: 9,
    })
    fc.assert(
      fc.property(steps, fc.nat({ max: 60 }), fc.nat({ max: 60 }), (commands, indexed, last) => {
        const { added, read } = shared(1, 0)
        let [newest, first] = [0, 1]
        for (const command of commands) {
          if (command === 'restart') {
            first = newest + 1
            added.restart(first, [])
          } else for (let n = 0; n < command; n++) added.add(rowOf(++newest))
        }
        fc.pre(indexed <= last && last <= newest)
        const found = read.within([0, 1, 2], { indexed, last })
        const isKept = indexed + 1 >= Math.max(first, newest - capacity + 1)
        expect(found !== undefined).toBe(isKept || indexed === last)
        const sequences = [...(found?.values() ?? [])].flat().map(({ sequence }) => sequence)
        if (found) expect(sequences).toHaveLength(last - indexed)
      }),
      { numRuns: 500 },
    )
  })
})
