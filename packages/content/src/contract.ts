// The suite that every storage of attachments passes (`@posthorn/content/contract`). It needs vitest.

// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs the suite brings its runner
import { describe, expect, test } from 'vitest'
import type { AttachmentStorage, TransferProgress } from './remote/attachment-storage.ts'

const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251)
const withCode = (code: string): unknown => expect.objectContaining({ code })
// Storages under test may stand on this machine.
const permissive = { maxBytes: bytes.length, allowHttp: true }

/** Describes the suite for a storage; `open` gives one to put into and to get from. */
export function testAttachmentStorage(name: string, open: () => Promise<AttachmentStorage>): void {
  describe(`${name} keeps the contract of a storage of attachments`, () => {
    testBytes(open)
    testLimits(open)
    testProgress(open)
  })
}

function testBytes(open: () => Promise<AttachmentStorage>): void {
  test.each([
    ['a file', bytes],
    ['a view of a larger buffer', bytes.subarray(10, 20)],
    ['nothing', new Uint8Array(0)],
  ])('it gives back %s as it was put', async (_, given) => {
    const storage = await open()
    const url = await storage.put(given)
    expect(url).toMatch(/^https?:\/\//)
    expect(await storage.get(url, permissive)).toEqual(Uint8Array.from(given))
  })

  test('the same bytes put twice have two addresses', async () => {
    const storage = await open()
    expect(await storage.put(bytes)).not.toBe(await storage.put(bytes))
  })

  test('changing what was put or got changes nothing in it', async () => {
    const storage = await open()
    const given = Uint8Array.of(1, 2, 3)
    const url = await storage.put(given)
    given.fill(0)
    const taken = await storage.get(url, permissive)
    taken.fill(0)
    expect(await storage.get(url, permissive)).toEqual(Uint8Array.of(1, 2, 3))
  })
}

function testLimits(open: () => Promise<AttachmentStorage>): void {
  test('a file longer than permitted is refused, one as long is not', async () => {
    const storage = await open()
    const url = await storage.put(bytes)
    await expect(storage.get(url, { ...permissive, maxBytes: bytes.length - 1 })).rejects.toEqual(
      withCode('attachment/too-big'),
    )
    expect(await storage.get(url, permissive)).toHaveLength(bytes.length)
  })

  test('what was never put is not found', async () => {
    const storage = await open()
    const url = await storage.put(bytes)
    await expect(storage.get(`${url}-other`, permissive)).rejects.toEqual(
      withCode('attachment/not-found'),
    )
  })

  test('a cancelled transfer says so', async () => {
    const storage = await open()
    const url = await storage.put(bytes)
    const signal = AbortSignal.abort()
    const cancelled = withCode('attachment/cancelled')
    await expect(storage.put(bytes, { signal })).rejects.toEqual(cancelled)
    await expect(storage.get(url, { ...permissive, signal })).rejects.toEqual(cancelled)
  })
}

function testProgress(open: () => Promise<AttachmentStorage>): void {
  test('progress grows and ends with the whole file', async () => {
    const storage = await open()
    const up: TransferProgress[] = []
    const down: TransferProgress[] = []
    const url = await storage.put(bytes, { onProgress: (progress) => up.push(progress) })
    await storage.get(url, { ...permissive, onProgress: (progress) => down.push(progress) })
    for (const steps of [up, down]) {
      const counts = steps.map(({ transferredBytes }) => transferredBytes)
      expect(counts.at(-1)).toBe(bytes.length)
      expect(counts).toEqual([...counts].sort((a, b) => a - b))
    }
  })
}
