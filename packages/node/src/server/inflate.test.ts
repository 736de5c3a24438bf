import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type BodyBudget, createBodyBudget } from './body-budget.ts'
import { type InflateOptions, inflate } from './inflate.ts'

const mib = 1_048_576
const budgetBytes = 64 * mib

type Closing = { readonly close: () => void; readonly onClose: (listener: () => void) => void }

function exchangeThatCloses(): Closing {
  const listeners: (() => void)[] = []
  const close = (): void => {
    for (const listener of listeners) listener()
  }
  return { onClose: (listener) => listeners.push(listener), close }
}

type Given = Partial<InflateOptions> & { readonly exchange?: Closing }

function run(compressed: Uint8Array, given: Given = {}): Promise<Buffer> {
  const { exchange = exchangeThatCloses() } = given
  const budget = createBodyBudget(budgetBytes)
  const options = {
    budget,
    maxBytes: 50 * mib,
    keptUntil: 'whole',
    check: () => undefined,
  } as const
  return inflate(exchange, compressed, { ...options, ...given })
}

/** Bytes that are free for something large. */
function freeBytes(budget: BodyBudget): number {
  for (let free = budgetBytes * 0.75; free > 0; free -= mib / 4) {
    if (!budget.take(free, 0)) continue
    budget.give(free)
    return free
  }
  return 0
}

describe('gzip', () => {
  test.each([0, 1, 65_536, 65_537, 3 * mib])(
    'of %d random bytes comes back whole',
    async (length) => {
      const content = randomBytes(length)
      expect((await run(gzipSync(content))).equals(content)).toBe(true)
    },
  )

  test('that shrank to a tenth comes back whole, as it does below 2 MiB', async () => {
    // Every piece of it shrinks alike.
    const piece = (): Buffer => Buffer.concat([randomBytes(1_000), Buffer.alloc(8_000)])
    const content = Buffer.concat(Array.from({ length: 1_000 }, piece))
    const zeros = Buffer.alloc(2 * mib)
    expect((await run(gzipSync(content))).equals(content)).toBe(true)
    expect((await run(gzipSync(zeros))).equals(zeros)).toBe(true)
  })

  test('of a gigabyte is refused after its first two megabytes, whatever they are', async () => {
    const shown: number[] = []
    const bomb = run(gzipSync(Buffer.alloc(1_024 * mib)), {
      check: (start) => shown.push(start.length),
    })
    await expect(bomb).rejects.toMatchObject({ code: 'api/message-too-large' })
    expect(shown).toEqual([])
  })

  test('is looked at beyond two megabytes, and whenever there is twice as much', async () => {
    const shown: number[] = []
    await run(gzipSync(randomBytes(20 * mib)), { check: (start) => shown.push(start.length / mib) })
    expect(shown.map(Math.floor)).toEqual([4, 8, 16])
  })

  test('is refused beyond the largest request', async () => {
    const tooLarge = run(gzipSync(randomBytes(1_001)), { maxBytes: 1_000 })
    await expect(tooLarge).rejects.toMatchObject({ code: 'api/message-too-large' })
    await expect(run(gzipSync(randomBytes(1_000)), { maxBytes: 1_000 })).resolves.toHaveLength(
      1_000,
    )
  })

  test('cut short, or of something else, is named', async () => {
    const whole = gzipSync(randomBytes(1_000))
    for (const bad of [whole.subarray(0, -1), whole.subarray(1), Buffer.alloc(0)]) {
      await expect(run(bad)).rejects.toMatchObject({ code: 'api/bad-compression' })
    }
  })
})

describe('room in the budget', () => {
  const compressed = gzipSync(randomBytes(8 * mib))

  test('is taken by what comes out, until the exchange is over', async () => {
    const budget = createBodyBudget(budgetBytes)
    const exchange = exchangeThatCloses()
    const before = freeBytes(budget)
    await run(compressed, { budget, exchange, keptUntil: 'closed' })
    expect(freeBytes(budget)).toBe(before - 8 * mib)
    exchange.close()
    expect(freeBytes(budget)).toBe(before)
  })

  test('is given back at once by what is refused, and by what nobody needs once it is whole', async () => {
    const budget = createBodyBudget(budgetBytes)
    const before = freeBytes(budget)
    await run(compressed, { budget })
    expect(freeBytes(budget)).toBe(before)
    const refused = run(compressed, {
      budget,
      keptUntil: 'closed',
      check: () => {
        throw new RangeError('no')
      },
    })
    await expect(refused).rejects.toThrow(RangeError)
    expect(freeBytes(budget)).toBe(before)
  })

  test('that is not there refuses', async () => {
    const budget = createBodyBudget(8 * mib)
    await expect(run(compressed, { budget })).rejects.toMatchObject({
      code: 'transport/overloaded',
    })
  })
})
