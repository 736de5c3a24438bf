import type { Envelope } from '@posthorn/envelope'
import { describe, expect, test } from 'vitest'
import { GroupCommit } from './group-commit.ts'

const nextTurn = () => new Promise((resolve) => setImmediate(resolve))
const roomy = { maxBatchEnvelopes: 100, maxBatchBytes: 1e6, maxWaitingBytes: 1e6, nextTurn }

function envelope(n: number, bytes = 1): Envelope {
  return { contentTopic: 't', timestampNs: BigInt(n), message: new Uint8Array(bytes) }
}

/** A commit that numbers envelopes, remembers the sizes of batches and waits to be let through. */
function gatedCommit() {
  const batches: number[] = []
  let gate = Promise.withResolvers<void>()
  let sequence = 0
  return {
    batches,
    open: () => gate.resolve(),
    fail: (error: Error) => {
      gate.reject(error)
      gate = Promise.withResolvers<void>()
    },
    commit: async (envelopes: readonly Envelope[]) => {
      batches.push(envelopes.length)
      await gate.promise
      return envelopes.map(() => ({ sequence: ++sequence, isDuplicate: false }))
    },
  }
}

describe('GroupCommit', () => {
  test('default: appends that arrive during a commit form the next one', async () => {
    const gated = gatedCommit()
    const commits = new GroupCommit({ ...roomy, commit: gated.commit })
    const first = commits.append([envelope(1)])
    await nextTurn()
    await nextTurn()
    const rest = [commits.append([envelope(2), envelope(3)]), commits.append([envelope(4)])]
    gated.open()
    expect((await first).map((result) => result.sequence)).toEqual([1])
    const sequences = (await Promise.all(rest)).map((results) => results.map((r) => r.sequence))
    expect(sequences).toEqual([[2, 3], [4]])
    expect(gated.batches).toEqual([1, 3])
  })

  test.each([
    ['envelopes', { ...roomy, maxBatchEnvelopes: 4 }],
    ['bytes', { ...roomy, maxBatchBytes: 4 * 1_512 }],
  ])('behavior: a batch is full by its %s, and an append is never split', async (_, bounds) => {
    const gated = gatedCommit()
    gated.open()
    const commits = new GroupCommit({ ...roomy, ...bounds, commit: gated.commit })
    const sizes = [3, 3, 1, 1, 1, 1, 9]
    const appends = sizes.map((size) =>
      commits.append(Array.from({ length: size }, (_, i) => envelope(i, 1_000))),
    )
    expect((await Promise.all(appends)).map((results) => results.length)).toEqual(sizes)
    expect(gated.batches).toEqual([6, 4, 9])
  })

  test('error: a failed commit fails all its appends, and the next one is tried', async () => {
    const gated = gatedCommit()
    const commits = new GroupCommit({ ...roomy, commit: gated.commit })
    const settled = Promise.allSettled([
      commits.append([envelope(1)]),
      commits.append([envelope(2)]),
    ])
    await nextTurn()
    await nextTurn()
    const failure = new Error('disk')
    gated.fail(failure)
    expect(await settled).toEqual([
      { status: 'rejected', reason: failure },
      { status: 'rejected', reason: failure },
    ])
    gated.open()
    expect(await commits.append([envelope(3)])).toEqual([{ sequence: 1, isDuplicate: false }])
  })

  test('error: what would wait beyond the bound is refused until there is room', async () => {
    const gated = gatedCommit()
    const commits = new GroupCommit({ ...roomy, maxWaitingBytes: 2_000, commit: gated.commit })
    const first = commits.append([envelope(1, 1_000)])
    const overloaded = { code: 'store/overloaded' }
    await expect(commits.append([envelope(2, 1_000)])).rejects.toMatchObject(overloaded)
    const noBytes = Array.from({ length: 100 }, (_, i) => envelope(i, 0))
    await expect(commits.append(noBytes)).rejects.toMatchObject(overloaded)
    gated.open()
    await first
    expect(await commits.append([envelope(2, 1_000)])).toHaveLength(1)
  })

  test('behavior: disposing waits for what was taken and refuses the rest', async () => {
    const gated = gatedCommit()
    const commits = new GroupCommit({ ...roomy, commit: gated.commit })
    const taken = commits.append([envelope(1)])
    const disposed = commits[Symbol.asyncDispose]()
    await expect(commits.append([envelope(2)])).rejects.toMatchObject({ code: 'store/closed' })
    gated.open()
    await disposed
    expect(await taken).toHaveLength(1)
  })
})
