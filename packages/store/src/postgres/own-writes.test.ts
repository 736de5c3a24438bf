import { expect, test } from 'vitest'
import { OwnWrites } from './own-writes.ts'

test('default: a topic is replayed once the replica has its last sequence', () => {
  const writes = new OwnWrites()
  expect(writes.areReplayed(['a'])).toBe(true)
  writes.wrote('a', 3)
  writes.wrote('a', 2)
  writes.wrote('b', 5)
  writes.replayed(2)
  expect(writes.areReplayed(['a'])).toBe(false)
  writes.replayed(4)
  expect(writes.areReplayed(['a'])).toBe(true)
  expect(writes.areReplayed(['a', 'b'])).toBe(false)
  writes.replayed(5)
  expect(writes.areReplayed(['a', 'b'])).toBe(true)
})

test('behavior: with too many topics to tell apart, all of them wait', () => {
  const writes = new OwnWrites(2)
  writes.wrote('a', 9)
  writes.wrote('b', 2)
  writes.wrote('c', 10)
  writes.replayed(8)
  expect(writes.areReplayed(['never written'])).toBe(false)
  writes.replayed(9)
  expect(writes.areReplayed(['never written', 'a', 'b'])).toBe(true)
  expect(writes.areReplayed(['c'])).toBe(false)
})
