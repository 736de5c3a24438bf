import { createHash } from 'node:crypto'
import { ProtocolError } from '@posthorn/errors'
import { describe, expect, test } from 'vitest'
import { checkEnvelope, compareCursors, envelopeDigest, maxMessageBytes } from './index.ts'

const sha256 = (data: Uint8Array) => new Uint8Array(createHash('sha256').update(data).digest())
const envelope = { contentTopic: 't', timestampNs: 1n, message: new Uint8Array(1) }

describe('checkEnvelope', () => {
  test('default: the largest topic, message and time pass', () => {
    const largest = {
      contentTopic: 'é'.repeat(150),
      timestampNs: 2n ** 64n - 1n,
      message: new Uint8Array(1_048_214),
    }
    expect(() => checkEnvelope(largest)).not.toThrow()
    expect(maxMessageBytes).toBe(1_048_214)
  })

  test.each([
    [{ ...envelope, contentTopic: 'x'.repeat(301) }, 'envelope/topic-too-long'],
    [{ ...envelope, contentTopic: `${'é'.repeat(150)}x` }, 'envelope/topic-too-long'],
    [{ ...envelope, contentTopic: 'x\ud800' }, 'envelope/bad-topic'],
    [{ ...envelope, message: new Uint8Array(1_048_215) }, 'envelope/message-too-big'],
    [{ ...envelope, timestampNs: 2n ** 64n }, 'envelope/bad-timestamp'],
    [{ ...envelope, timestampNs: -1n }, 'envelope/bad-timestamp'],
  ])('error: one step beyond a limit is refused (%#)', (bad, code) => {
    let caught: unknown
    try {
      checkEnvelope(bad)
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(ProtocolError)
    expect(caught).toMatchObject({ code })
  })
})

describe('order', () => {
  test('default: digests cover topic and message but not the time', () => {
    const digest = envelopeDigest(envelope, sha256)
    expect(digest).toEqual(sha256(Uint8Array.of(0x74, 0)))
    expect(envelopeDigest({ ...envelope, contentTopic: 'u' }, sha256)).not.toEqual(digest)
  })

  test('default: time first, then digest as raw bytes', () => {
    const at = (timestampNs: bigint, ...digest: number[]) => ({
      timestampNs,
      digest: Uint8Array.from(digest),
    })
    const sorted = [at(1n, 0x80), at(2n, 0x01), at(2n, 0x7f), at(2n, 0xff), at(10n, 0)]
    expect(sorted.toReversed().sort(compareCursors)).toEqual(sorted)
  })
})
