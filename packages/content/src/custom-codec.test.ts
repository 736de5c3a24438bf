// The codec that the README shows: an application's own type in ten lines.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fromUtf8, toUtf8 } from '@posthorn/bytes'
import { expect, test } from 'vitest'
import type { ContentCodec } from './codec.ts'
import { codecRegistry } from './codec-registry.ts'
import { parseContentType } from './content-type.ts'
import { decodeContent, encodeContent } from './translate.ts'

type Poll = { readonly question: string; readonly answers: readonly string[] }

// begin
const pollType = parseContentType('example.org/poll:1.0')

const pollCodec: ContentCodec<Poll> = {
  contentType: pollType,
  encode: (poll) => ({ type: pollType, parameters: {}, content: toUtf8(JSON.stringify(poll)) }),
  decode: ({ content }) => JSON.parse(fromUtf8(content)),
  fallback: ({ question }) => `Poll: ${question}`,
  shouldPush: () => true,
}
// end

const poll = { question: 'Lunch?', answers: ['yes', 'later'] }
const registry = codecRegistry([pollCodec])

test('a codec of ten lines is enough for a type of one’s own', async () => {
  const { bytes, shouldPush } = await encodeContent(registry, poll, { contentType: pollType })
  expect(shouldPush).toBe(true)
  expect(await decodeContent(registry, bytes)).toMatchObject({ kind: 'decoded', content: poll })
  expect(await decodeContent(codecRegistry(), bytes)).toMatchObject({
    kind: 'unknown-type',
    fallback: 'Poll: Lunch?',
  })
})

test('content of its type that is no JSON is malformed, though the codec just throws', async () => {
  const broken: ContentCodec<Poll> = {
    ...pollCodec,
    encode: () => ({ type: pollType, parameters: {}, content: toUtf8('{') }),
  }
  const { bytes } = await encodeContent(codecRegistry([broken]), poll, { contentType: pollType })
  expect(await decodeContent(registry, bytes)).toMatchObject({
    kind: 'malformed',
    error: { code: 'content/codec-failed' },
    fallback: 'Poll: Lunch?',
  })
})

test('the codec is ten lines at most, and the README shows the same', () => {
  const source = readFileSync(import.meta.filename, 'utf8')
  const lines = source
    .slice(source.indexOf('// begin\n') + '// begin\n'.length, source.indexOf('// end\n'))
    .split('\n')
    .filter((line) => line !== '')
  expect(lines.length).toBeLessThanOrEqual(10)
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')
  for (const line of lines) expect(readme).toContain(line)
})
