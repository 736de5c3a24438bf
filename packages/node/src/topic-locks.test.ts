import { expect, test } from 'vitest'
import { createTopicLocks } from './topic-locks.ts'

test('locks let one holder of a topic work at a time, others freely', async () => {
  const locks = createTopicLocks()
  const log: string[] = []
  const gate = Promise.withResolvers<void>()
  const first = locks.hold(['a', 'b'], async () => {
    await gate.promise
    log.push('first')
  })
  const second = locks.hold(['b', 'c', 'b'], async () => void log.push('second'))
  await locks.hold(['d'], async () => void log.push('other'))
  gate.resolve()
  await Promise.all([first, second])
  expect(log).toEqual(['other', 'first', 'second'])
})

test('locks open again after work that failed', async () => {
  const locks = createTopicLocks()
  const failed = locks.hold(['a'], async () => {
    throw new RangeError('work failed')
  })
  const next = locks.hold(['a'], async () => 'done')
  await expect(failed).rejects.toThrow('work failed')
  expect(await next).toBe('done')
})

test('locks taken in opposite orders never wait for each other', async () => {
  const locks = createTopicLocks()
  const works = Array.from({ length: 50 }, (_, index) =>
    locks.hold(index % 2 === 0 ? ['a', 'b'] : ['b', 'a'], async () => index),
  )
  expect(await Promise.all(works)).toHaveLength(50)
})
