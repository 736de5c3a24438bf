import { expect, test } from 'vitest'
import { hmacKey, hmacKeysAround, hmacPeriod } from './hmac-key.ts'
import { crypto } from './test-support.ts'

const input = { keyMaterial: new Uint8Array(32).fill(1), address: '0xabc' }

test('a period is thirty days', () => {
  expect(hmacPeriod(0)).toBe(0)
  expect(hmacPeriod(2_592_000_000 - 1)).toBe(0)
  expect(hmacPeriod(2_592_000_000)).toBe(1)
})

test('the keys around a time are of the last, the present and the next period', () => {
  const keys = hmacKeysAround(crypto, input, 645 * 2_592_000_000)
  expect(keys.map(({ period }) => period)).toEqual([644, 645, 646])
  for (const { period, key } of keys) expect(key).toEqual(hmacKey(crypto, input, period))
})

test('every period and every sender has a key of its own', () => {
  const keys = [
    hmacKey(crypto, input, 1),
    hmacKey(crypto, input, 2),
    hmacKey(crypto, { ...input, address: '0xabd' }, 1),
  ]
  expect(new Set(keys.map(String)).size).toBe(3)
})
