import { expect, test } from 'vitest'
import { createTopicBudget, topicsOfStream } from './topic-budget.ts'

const [here, there] = ['192.0.2.1', '198.51.100.1']

test('topic budget bounds what the streams of one address have together', () => {
  const budget = createTopicBudget({ maxTopics: 1_000, maxClientTopics: 100 })
  const [one, two] = [budget.open(here), budget.open(here)]
  one.set(60)
  expect(() => two.set(30)).toThrow(expect.objectContaining({ code: 'rate/too-many-topics' }))
  two.set(20)
  expect(() => one.set(61)).toThrow(expect.objectContaining({ code: 'rate/too-many-topics' }))
  budget.open(there).set(90)
  one.set(10)
  two.set(70)
  expect(budget.taken()).toBe(10 + 70 + 90 + 3 * topicsOfStream)
})

test('topic budget bounds all streams, and says when to come back', () => {
  const budget = createTopicBudget({ maxTopics: 100, maxClientTopics: 1_000 })
  const one = budget.open(here)
  one.set(80)
  const two = budget.open(there)
  const refusal = { code: 'rate/node-full', retryAfterMs: expect.any(Number) }
  expect(() => two.set(1)).toThrow(expect.objectContaining(refusal))
  one[Symbol.dispose]()
  two.set(80)
  expect(budget.taken()).toBe(80 + topicsOfStream)
})

test('topic budget is whole again when streams have ended, however often they say so', () => {
  const budget = createTopicBudget({ maxTopics: 100, maxClientTopics: 100 })
  for (const address of [here, undefined, '2001:db8::1']) {
    const share = budget.open(address)
    share.set(5)
    expect(() => share.set(500)).toThrow()
    share[Symbol.dispose]()
    share[Symbol.dispose]()
  }
  expect(budget.taken()).toBe(0)
})

test('topic budget counts addresses of one /64 together', () => {
  const budget = createTopicBudget({ maxTopics: 1_000, maxClientTopics: 100 })
  budget.open('2001:db8::1').set(60)
  expect(() => budget.open('2001:db8::2').set(60)).toThrow()
  budget.open('2001:db8:0:1::1').set(60)
})
