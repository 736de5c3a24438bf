import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createBodyBudget } from '../server/body-budget.ts'
import { inflate } from '../server/inflate.ts'
import { allocateMessage, type FrameOptions, frame, messages, onlyMessage } from './frame.ts'
import { failureTrailers, okTrailers } from './status.ts'
import { timeoutMsOf } from './timeout.ts'
import { decodeBase64Body } from './web-text.ts'

const maxBytes = 10_000
const options: FrameOptions = {
  maxBytes,
  encoding: 'gzip',
  inflate: (compressed) =>
    inflate({ onClose: () => undefined }, compressed, {
      budget: createBodyBudget(maxBytes),
      maxBytes,
      keptUntil: 'whole',
      check: () => undefined,
    }),
}
const bytes = fc.uint8Array({ maxLength: 300 })

async function* chunked(body: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size)
}

describe('frames', () => {
  test('come back whole however they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(bytes, fc.boolean()), { maxLength: 8 }),
        fc.integer({ min: 1, max: 50 }),
        async (sent, size) => {
          const body = Buffer.concat(
            sent.map(([each, isGzip]) => (isGzip ? frame(gzipSync(each), 1) : frame(each))),
          )
          const got = await Array.fromAsync(messages(chunked(body, size), options))
          expect(got.map((each) => [...each])).toEqual(sent.map(([each]) => [...each]))
        },
      ),
      { numRuns: 100 },
    )
  })

  test('of messages that lie in memory made for them are that memory, with the same bytes', () => {
    fc.assert(
      fc.property(bytes, fc.constantFrom(0, 0x80), (content, flags) => {
        const message = allocateMessage(content.length)
        message.set(content)
        const framed = frame(message, flags)
        expect(framed.equals(frame(content, flags))).toBe(true)
        expect(framed.buffer).toBe(message.buffer)
        expect(framed.byteOffset).toBe(message.byteOffset - 5)
      }),
    )
  })

  test('of any bytes give a message or a typed error', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, async (body) => {
        const outcome = await Promise.resolve()
          .then(() => onlyMessage(Buffer.from(body), options))
          .then(
            () => 'message',
            (error: { code?: unknown }) => error.code,
          )
        expect(outcome).toMatch(/^message$|^api\//)
      }),
      { numRuns: 500 },
    )
  })

  test('cut short at any place are refused', async () => {
    const body = Buffer.concat([frame(Buffer.from('one')), frame(Buffer.from('two'))])
    for (let length = 1; length < body.length; length++) {
      const reading = Array.fromAsync(messages(chunked(body.subarray(0, length), 4), options))
      if (length === 8) expect(await reading).toHaveLength(1)
      else await expect(reading).rejects.toMatchObject({ code: 'api/truncated-frame' })
    }
  })
})

describe('trailers', () => {
  test('carry any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (message) => {
        const failure = { status: 3, message, code: 'a/b', retryAfterMs: undefined } as const
        const encoded = failureTrailers(failure)['grpc-message'] ?? ''
        expect(encoded).toMatch(/^[\x20-\x7e]*$/)
        expect(decodeURIComponent(encoded)).toBe(message)
      }),
    )
  })

  test('of success are status 0 and no text', () => {
    expect(okTrailers).toEqual({ 'grpc-status': '0', 'grpc-message': '' })
  })

  test('tell when to try again', () => {
    const failure = { status: 8, message: '', code: 'rate/exceeded', retryAfterMs: 1.2 } as const
    expect(failureTrailers(failure)['grpc-retry-pushback-ms']).toBe('2')
  })
})

describe('deadlines', () => {
  test.each<readonly [string | undefined, number | undefined]>([
    [undefined, undefined],
    ['100m', 100],
    ['2S', 2_000],
    ['3M', 180_000],
    ['1H', 3_600_000],
    ['1u', 1],
    ['0m', 1],
    ['1500000n', 2],
    ['99999999H', 2 ** 31 - 1],
  ])('%s is %s ms', (header, timeoutMs) => {
    expect(timeoutMsOf(header)).toBe(timeoutMs)
  })

  test.each(['', '1', 'm', '1s', '-1m', '1.5S', '123456789m', '1m '])(
    '"%s" is refused',
    (header) => {
      expect(() => timeoutMsOf(header)).toThrow(
        expect.objectContaining({ code: 'api/bad-timeout' }),
      )
    },
  )
})

describe('base64 bodies', () => {
  test('of any pieces come back whole', () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 5 }), (pieces) => {
        const text = pieces.map((piece) => Buffer.from(piece).toString('base64')).join('')
        expect(decodeBase64Body(Buffer.from(text))).toEqual(Buffer.concat(pieces))
      }),
    )
  })
})
