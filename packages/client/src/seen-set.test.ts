import { expect, test } from 'vitest'
import { createSeenSet } from './seen-set.ts'

test('a seen set knows what was added and forgets the oldest first', () => {
  const seen = createSeenSet(2)
  expect([seen.add('a'), seen.add('a'), seen.add('b'), seen.size]).toEqual([true, false, true, 2])
  expect([seen.add('c'), seen.add('b'), seen.add('a'), seen.size]).toEqual([true, false, true, 2])
})
