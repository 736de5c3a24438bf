import { BatchQueryRequest, PublishRequest, QueryRequest, SubscribeRequest } from '@posthorn/wire'
import { describe, expect, test } from 'vitest'
import { queryOf } from '../contract/api-client.ts'
import {
  batchQueryRequestForm,
  publishRequestForm,
  queryRequestForm,
  subscribeRequestForm,
} from './v2/forms.ts'
import {
  checkFieldBounds,
  checkJsonBounds,
  type MessageShape,
  maxRequestValues,
  maxValueBytes,
} from './value-bounds.ts'

const tooLong = expect.objectContaining({ code: 'api/value-too-long' })
const tooMany = expect.objectContaining({ code: 'api/too-many-values' })

function countOf(message: Uint8Array, shape: MessageShape): 'few' | 'many' {
  try {
    checkFieldBounds(message, shape)
    return 'few'
  } catch (error) {
    expect(error).toEqual(tooMany)
    return 'many'
  }
}

function topics(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `/xmtp/0/m-${n}/proto`)
}

describe('count of the values of a message', () => {
  test('takes as many as there may be and no more', () => {
    const { shape } = queryRequestForm
    const query = (count: number) =>
      QueryRequest.encode(queryOf({ contentTopics: topics(count) })).finish()
    expect(countOf(query(maxRequestValues), shape)).toBe('few')
    expect(countOf(query(maxRequestValues + 1), shape)).toBe('many')
  })

  test('sees what stands in messages of the message', () => {
    const envelope = { contentTopic: 'a', timestampNs: 1n, message: new Uint8Array(1) }
    const publish = PublishRequest.encode({ envelopes: new Array(25_001).fill(envelope) })
    expect(countOf(publish.finish(), publishRequestForm.shape)).toBe('many')
    const query = queryOf({ contentTopics: topics(2_500) })
    const batch = BatchQueryRequest.encode({ requests: new Array(50).fill(query) })
    expect(countOf(batch.finish(), batchQueryRequestForm.shape)).toBe('many')
    const position = { contentTopic: 'a', afterSequence: 1n }
    const resume = {
      logId: '',
      afterSequence: undefined,
      positions: new Array(40_000).fill(position),
    }
    const subscribe = SubscribeRequest.encode({ contentTopics: ['a'], resume })
    expect(countOf(subscribe.finish(), subscribeRequestForm.shape)).toBe('many')
  })

  test('takes no payload for values', () => {
    const message = new Uint8Array(1_000_000)
    const envelope = { contentTopic: 'a', timestampNs: 2n ** 64n - 1n, message }
    const publish = PublishRequest.encode({ envelopes: [envelope] })
    expect(countOf(publish.finish(), publishRequestForm.shape)).toBe('few')
  })

  test.each([
    ['varints', [0x10, 0x01]],
    ['fixed fields', [0x11, 1, 2, 3, 4, 5, 6, 7, 8]],
    ['short fixed fields', [0x15, 1, 2, 3, 4]],
    ['empty texts', [0x0a, 0]],
    ['groups', [0x13, 0x14]],
  ])('counts %s, known or not', (_name, field) => {
    const bytes = Uint8Array.from(
      { length: 200_000 * field.length },
      (_, n) => field[n % field.length] ?? 0,
    )
    expect(countOf(bytes, {})).toBe('many')
  })

  test.each([
    ['a length beyond the end', [0x0a, 0xff, 0xff, 0xff, 0x7f]],
    ['a number that does not end', new Array(20).fill(0xff)],
    ['a type that does not exist', [0x0f]],
  ])('leaves %s to the decoder', (_name, bytes) => {
    expect(countOf(Uint8Array.from(bytes), { 1: {} })).toBe('few')
  })
})

describe('length of the values', () => {
  const publishOf = (lengthBytes: number): Uint8Array => {
    const message = new Uint8Array(lengthBytes)
    return PublishRequest.encode({
      envelopes: [{ contentTopic: 'a', timestampNs: 1n, message }],
    }).finish()
  }
  const { shape } = publishRequestForm

  test('is bounded in a message, of which the start is enough', () => {
    expect(countOf(publishOf(maxValueBytes), shape)).toBe('few')
    const tooLarge = publishOf(maxValueBytes + 1)
    expect(() => checkFieldBounds(tooLarge, shape)).toThrow(tooLong)
    expect(() => checkFieldBounds(tooLarge.subarray(0, 1_000), shape)).toThrow(tooLong)
  })

  test('does not bound what holds values', () => {
    const envelope = { contentTopic: 'a', timestampNs: 1n, message: new Uint8Array(1_000_000) }
    const publish = PublishRequest.encode({ envelopes: [envelope, envelope, envelope] }).finish()
    expect(countOf(publish, shape)).toBe('few')
  })

  test('is bounded in a JSON text that has not ended', () => {
    const start = (lengthBytes: number): Buffer =>
      Buffer.from(`{"envelopes":[{"message":"${'A'.repeat((lengthBytes / 3) * 4)}`)
    expect(() => checkJsonBounds(start(maxValueBytes - 3))).not.toThrow()
    expect(() => checkJsonBounds(start(maxValueBytes + 3))).toThrow(tooLong)
  })
})

describe('count of the values of a JSON text', () => {
  test.each([
    ['topics', `{"contentTopics":[${'"",'.repeat(100_000)}""]}`],
    ['objects', `[${'{}'.repeat(100_001)}]`],
    ['levels', '['.repeat(100_001)],
  ])('refuses too many %s', (_name, text) => {
    expect(() => checkJsonBounds(Buffer.from(text))).toThrow(tooMany)
  })

  test('takes as many as there may be', () => {
    const text = `[${'1,'.repeat(maxRequestValues - 1)}1]`
    expect(() => checkJsonBounds(Buffer.from(text))).not.toThrow()
    expect(() => checkJsonBounds(Buffer.from(`${text},`))).toThrow(tooMany)
  })
})
