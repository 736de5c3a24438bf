import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkDisk, formatBytes } from './check-disk.ts'

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [1.5 * 1024 ** 3, '1.5 GiB'],
  [2048 * 1024 ** 5, '2048.0 PiB'],
])('formatBytes writes %i as %s', (bytes, expected) => {
  expect(formatBytes(bytes)).toBe(expected)
})

test('checkDisk looks where a folder will be when it is not there yet', async () => {
  const path = join(tmpdir(), 'none', 'of', 'these', 'exists')
  expect((await checkDisk(path)).found).toMatch(/^[\d.]+ [KMGTP]iB free at /)
})
