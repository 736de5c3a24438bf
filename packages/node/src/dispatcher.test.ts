import { expect, test } from 'vitest'
import { type Delivery, deliveryOf } from './delivery.ts'
import { createDispatcher, type Subscriber } from './dispatcher.ts'

function delivery(contentTopic: string): Delivery {
  return deliveryOf({ contentTopic, timestampNs: 1n, message: new Uint8Array(1) }, undefined)
}

function recorder(): Subscriber & { readonly topics: string[]; ends: number } {
  const topics: string[] = []
  const subscriber = {
    topics,
    ends: 0,
    deliver: (each: Delivery) => void topics.push(each.topic),
    close: () => {
      subscriber.ends++
    },
    waitingBytes: () => topics.length,
  }
  return subscriber
}

test('dispatcher delivers to who names the topic, and to nobody after removal', () => {
  const dispatcher = createDispatcher()
  const [one, two] = [recorder(), recorder()]
  dispatcher.setTopics(one, new Set(['a', 'b', 'a']))
  dispatcher.setTopics(two, new Set(['b']))
  dispatcher.dispatch([delivery('a'), delivery('b'), delivery('c')])
  dispatcher.remove(one)
  dispatcher.dispatch([delivery('a'), delivery('b')])
  expect(one.topics).toEqual(['a', 'b'])
  expect(two.topics).toEqual(['b', 'b'])
})

test('dispatcher replaces topics, and * with topics and back', () => {
  const dispatcher = createDispatcher()
  const one = recorder()
  const all = [delivery('/xmtp/0/a'), delivery('b'), delivery('c')]
  dispatcher.setTopics(one, new Set(['*', '/xmtp/0/a', 'b']))
  dispatcher.dispatch(all)
  expect(one.topics.splice(0)).toEqual(['/xmtp/0/a', 'b'])
  dispatcher.setTopics(one, new Set(['c']))
  dispatcher.dispatch(all)
  expect(one.topics.splice(0)).toEqual(['c'])
  dispatcher.setTopics(one, new Set(['b', 'c']))
  dispatcher.dispatch(all)
  expect(one.topics.splice(0)).toEqual(['b', 'c'])
  dispatcher.setTopics(one, new Set([]))
  dispatcher.dispatch(all)
  expect(one.topics).toEqual([])
})

test('dispatcher ends everybody when it closes, those without topics and latecomers too', () => {
  const dispatcher = createDispatcher()
  const [one, idle, late] = [recorder(), recorder(), recorder()]
  dispatcher.setTopics(one, new Set(['a']))
  dispatcher.setTopics(idle, new Set([]))
  dispatcher.close()
  dispatcher.setTopics(late, new Set(['a']))
  dispatcher.dispatch([delivery('a')])
  expect([one.ends, idle.ends, late.ends]).toEqual([1, 1, 1])
  expect(one.topics).toEqual([])
})

test('dispatcher knows how much its subscribers keep', () => {
  const dispatcher = createDispatcher()
  const [one, two] = [recorder(), recorder()]
  dispatcher.setTopics(one, new Set(['a', 'b']))
  dispatcher.setTopics(two, new Set(['b']))
  dispatcher.dispatch([delivery('a'), delivery('b')])
  expect(dispatcher.waitingBytes()).toBe(3)
  dispatcher.remove(one)
  expect(dispatcher.waitingBytes()).toBe(1)
})

test('dispatcher goes on when a subscriber leaves while it delivers', () => {
  const dispatcher = createDispatcher()
  const leaving: Subscriber = {
    deliver: () => dispatcher.remove(leaving),
    close: () => {},
    waitingBytes: () => 0,
  }
  const staying = recorder()
  dispatcher.setTopics(leaving, new Set(['a']))
  dispatcher.setTopics(staying, new Set(['a']))
  dispatcher.dispatch([delivery('a'), delivery('a')])
  expect(staying.topics).toEqual(['a', 'a'])
})

test('dispatcher counts a topic while it has a subscriber, be it one or several', () => {
  const dispatcher = createDispatcher()
  const [one, two, three] = [recorder(), recorder(), recorder()]
  for (const each of [one, two, three]) dispatcher.setTopics(each, new Set(['a']))
  for (const each of [one, two]) dispatcher.remove(each)
  dispatcher.dispatch([delivery('a')])
  expect([dispatcher.topicCount(), one.topics, three.topics]).toEqual([1, [], ['a']])
  dispatcher.remove(three)
  expect(dispatcher.topicCount()).toBe(0)
  dispatcher.setTopics(one, new Set(['a']))
  dispatcher.remove(two)
  dispatcher.dispatch([delivery('a')])
  expect(one.topics).toEqual(['a'])
})

test('deliveries make each wire form once', () => {
  const each = delivery('a')
  expect(each.grpcFrame()).toBe(each.grpcFrame())
  expect(each.jsonLine()).toBe(each.jsonLine())
})
