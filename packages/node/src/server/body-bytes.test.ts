import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BodyBytes } from './body-bytes.ts'

const mib = 1_048_576
const chunkOf = (length: number, seed: number): Buffer =>
  Buffer.from(Uint8Array.from({ length }, (_, n) => (n * 31 + seed) & 255))

describe('body bytes', () => {
  test('default: chunks of any size come back whole, whatever was expected', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(700_000), { maxLength: 12 }),
        fc.nat(10 * mib),
        (lengths, expectedBytes) => {
          const chunks = lengths.map(chunkOf)
          const bytes = new BodyBytes()
          for (const chunk of chunks) bytes.append(chunk, expectedBytes)
          const whole = Buffer.concat(chunks)
          expect(bytes.lengthBytes).toBe(whole.length)
          expect(bytes.take().equals(whole)).toBe(true)
        },
      ),
      { numRuns: 30 },
    )
  })

  test('default: shows the start at 1 MiB and whenever it has doubled', () => {
    const chunks = Array.from({ length: 17 }, (_, n) => chunkOf(mib / 2, n))
    const bytes = new BodyBytes()
    const shown = chunks.map((chunk) => bytes.append(chunk, 0)?.length)
    expect(shown.flatMap((length, n) => (length === undefined ? [] : [[n, length / mib]]))).toEqual(
      [
        [1, 1],
        [3, 2],
        [7, 4],
        [15, 8],
      ],
    )
  })

  test('behavior: what is shown is what has come', () => {
    const bytes = new BodyBytes()
    const first = chunkOf(mib, 1)
    const second = chunkOf(mib, 2)
    expect(bytes.append(first, 50 * mib)?.equals(first)).toBe(true)
    expect(bytes.append(second, 50 * mib)?.equals(Buffer.concat([first, second]))).toBe(true)
  })

  test('behavior: a small body in one chunk is that chunk, not a copy', () => {
    const chunk = chunkOf(1_000, 1)
    const bytes = new BodyBytes()
    bytes.append(chunk, 0)
    expect(bytes.take()).toBe(chunk)
  })

  test('behavior: what was shown is freed when there is more of it, and when all is dropped', () => {
    const bytes = new BodyBytes()
    const first = bytes.append(chunkOf(mib, 1), 0)
    const grown = bytes.append(chunkOf(5 * mib, 2), 0)
    expect([first?.length, grown?.length]).toEqual([0, 6 * mib])
    bytes.drop()
    expect([grown?.length, bytes.lengthBytes]).toEqual([0, 0])
  })
})
