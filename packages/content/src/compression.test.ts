import { deflateSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { isWorthCompressing, webCompressor } from './compression.ts'

const { compress, decompress } = webCompressor
const mebibyte = 1_048_576

afterEach(() => vi.unstubAllGlobals())

test('expanding gives back what compressing took', async () => {
  const methods = fc.constantFrom('deflate' as const, 'gzip' as const)
  await fc.assert(
    fc.asyncProperty(methods, fc.uint8Array({ maxLength: 5_000 }), async (method, bytes) => {
      expect(await decompress(method, await compress(method, bytes), bytes.length)).toEqual(bytes)
    }),
  )
})

test('deflate is the zlib format and gzip is gzip', async () => {
  const bytes = new Uint8Array(3_000).fill(65)
  expect(await decompress('deflate', deflateSync(bytes), 3_000)).toEqual(bytes)
  expect(await decompress('gzip', gzipSync(bytes), 3_000)).toEqual(bytes)
})

test('expanding stops one byte past the limit', async () => {
  const packed = deflateSync(new Uint8Array(1_001))
  expect(await decompress('deflate', packed, 1_001)).toHaveLength(1_001)
  await expect(decompress('deflate', packed, 1_000)).rejects.toMatchObject({
    code: 'content/decompressed-too-big',
  })
})

test('a bomb is refused without being expanded', async () => {
  const bomb = deflateSync(new Uint8Array(64 * mebibyte), { level: 9 })
  const expanded = countExpandedBytes()
  await expect(decompress('deflate', bomb, mebibyte)).rejects.toMatchObject({
    code: 'content/decompressed-too-big',
  })
  expect(expanded()).toBeGreaterThan(mebibyte)
  expect(expanded()).toBeLessThan(2 * mebibyte)
})

test.each([
  ['bytes of no format', Uint8Array.of(1, 2, 3, 4)],
  ['nothing', new Uint8Array(0)],
  ['data that is cut short', deflateSync(new Uint8Array(100)).subarray(0, 8)],
  ['data of another format', gzipSync(new Uint8Array(100))],
])('expanding refuses %s', async (_, bytes) => {
  await expect(decompress('deflate', bytes, 1_000)).rejects.toMatchObject({
    code: 'content/bad-compression',
  })
})

test('only sizes that published readers can expand are worth compressing', () => {
  expect([9, 10, 1_000, 1_001].map(isWorthCompressing)).toEqual([false, true, true, false])
})

// Puts a counter behind the engine's own decompression.
function countExpandedBytes(): () => number {
  const Engine = DecompressionStream
  let count = 0
  vi.stubGlobal('DecompressionStream', function counted(format: CompressionFormat) {
    const { readable, writable } = new Engine(format)
    const counter = new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        count += chunk.length
        controller.enqueue(chunk)
      },
    })
    return { writable, readable: readable.pipeThrough(counter) }
  })
  return () => count
}
