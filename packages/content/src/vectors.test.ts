// The vectors of vectors/content, whose bytes the published packages of both generations made.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fromHex, toHex } from '@posthorn/bytes'
import { describe, expect, test } from 'vitest'
import { codecRegistry } from './codec-registry.ts'
import { formatContentType, parseContentType } from './content-type.ts'
import { decodeEncodedContent } from './encoded-content.ts'
import { standardCodecs } from './standard-codecs.ts'
import { decodeContent, encodeContent } from './translate.ts'

type Case = {
  readonly name: string
  readonly input: { readonly content?: unknown; readonly encoded_content?: string }
  readonly expect: {
    readonly type: string
    readonly parameters: Readonly<Record<string, string>>
    readonly fallback: string | null
    readonly should_push?: boolean
    readonly content_bytes: string
    readonly encoded_content: string
  }
}

const folder = join(import.meta.dirname, '../../../vectors/content')
const registry = codecRegistry(standardCodecs)
// Fields that hold bytes: hex in the files. Other fields never have these names.
const bytesFields: ReadonlySet<string> = new Set(['data', 'salt', 'nonce', 'secret'])
const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
const accepted = files.filter((name) => name !== 'refused.json').flatMap(casesOf)

test('there are vectors of each type that published packages write', () => {
  const types = new Set(accepted.map(([, each]) => each.expect.type))
  expect(types.size).toBe(14)
})

describe('content', () => {
  test.each(accepted)('%s is written byte for byte', async (_, { input, expect: wanted }) => {
    const contentType = parseContentType(wanted.type)
    const content = withBytes(input.content, wanted.type)
    const { bytes, shouldPush } = await encodeContent(registry, content, { contentType })
    expect(toHex(bytes)).toBe(wanted.encoded_content)
    if (wanted.should_push !== undefined) expect(shouldPush).toBe(wanted.should_push)
  })

  test.each(accepted)('%s is read', async (_, { input, expect: wanted }) => {
    const bytes = fromHex(wanted.encoded_content)
    const encoded = decodeEncodedContent(bytes)
    expect(formatContentType(encoded.type)).toBe(wanted.type)
    expect(encoded.parameters).toEqual(wanted.parameters)
    expect(encoded.fallback ?? null).toBe(wanted.fallback)
    expect(toHex(encoded.content)).toBe(wanted.content_bytes)
    expect(await decodeContent(registry, bytes)).toMatchObject({
      kind: 'decoded',
      content: withBytes(input.content, wanted.type),
    })
  })
})

describe('content that is refused', () => {
  test.each(casesOf('refused.json'))('%s', async (_, { input }) => {
    const incoming = await decodeContent(registry, fromHex(input.encoded_content ?? ''))
    expect(incoming).toMatchObject({ kind: 'malformed' })
    if (incoming.kind === 'malformed') expect(incoming.error.code).not.toBe('content/codec-failed')
  })
})

function casesOf(file: string): (readonly [string, Case])[] {
  const { cases } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { cases: Case[] }
  return cases.map((each) => [each.name, each])
}

function withBytes(content: unknown, type: string): unknown {
  if (Array.isArray(content)) return content.map((item) => withBytes(item, type))
  if (typeof content !== 'object' || content === null) return content
  // The data of a call is text.
  const hasBytes = !type.includes('/walletSendCalls:')
  return Object.fromEntries(
    Object.entries(content).map(([name, value]) => [
      name,
      hasBytes && bytesFields.has(name) && typeof value === 'string'
        ? fromHex(value)
        : withBytes(value, type),
    ]),
  )
}
