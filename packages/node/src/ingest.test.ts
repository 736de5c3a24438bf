// What a stream gets of submissions in which what is only passing stands between what is kept.

import { randomUUID } from 'node:crypto'
import { type Envelope, ephemeralTopic } from '@posthorn/envelope'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestNode, type TestNode } from './contract/test-node.ts'

type Item = { readonly kind: 'kept' | 'passing'; readonly name: string }

const kept = (name: string): Item => ({ kind: 'kept', name })
const passing = (name: string): Item => ({ kind: 'passing', name })
const end = passing('end')

let testNode: TestNode

beforeAll(async () => {
  testNode = await startTestNode()
})

afterAll(() => testNode[Symbol.asyncDispose]())

/** Publishes submissions one after the other; what a stream got of them. */
async function streamed(submissions: readonly (readonly Item[])[]): Promise<string[]> {
  const topic = `/xmtp/0/m-${randomUUID()}/proto`
  const live = await testNode.grpc.subscribe([topic, ephemeralTopic(topic)])
  const envelopeOf = ({ kind, name }: Item): Envelope => ({
    contentTopic: kind === 'kept' ? topic : ephemeralTopic(topic),
    timestampNs: 1n,
    message: Buffer.from(name),
  })
  for (const items of [...submissions, [end]]) {
    expect((await testNode.grpc.publish(items.map(envelopeOf))).status).toBe(0)
  }
  const names: string[] = []
  for (let name = ''; name !== end.name; names.push(name)) {
    name = Buffer.from((await live.next())?.message ?? []).toString()
  }
  live.cancel()
  return names.slice(0, -1)
}

/** What has to come: everything as it was published, of what is kept each thing once. */
function expected(submissions: readonly (readonly Item[])[]): string[] {
  const known = new Set<string>()
  return submissions.flat().flatMap(({ kind, name }) => {
    if (kind === 'kept' && known.has(name)) return []
    if (kind === 'kept') known.add(name)
    return [name]
  })
}

describe('a stream on a node with a store of its own', () => {
  test('brings what is passing between what is kept, in the order of the submission', async () => {
    const submission = [passing('1'), kept('2'), passing('3'), kept('4'), kept('5'), passing('6')]
    expect(await streamed([submission])).toEqual(['1', '2', '3', '4', '5', '6'])
  })

  test('keeps that order around what was there before, which does not come again', async () => {
    const again = [passing('a'), kept('old'), passing('b'), kept('new'), passing('a')]
    expect(await streamed([[kept('old')], again])).toEqual(['old', 'a', 'b', 'new', 'a'])
  })

  test('brings submissions of one kind only', async () => {
    const submissions = [[passing('a'), passing('b')], [kept('c'), kept('d')], [passing('e')]]
    expect(await streamed(submissions)).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  test('does so whatever is published', async () => {
    const item = fc.oneof(
      fc.nat(5).map((n) => kept(`k${n}`)),
      fc.nat(5).map((n) => passing(`p${n}`)),
    )
    const submission = fc.array(item, { minLength: 1, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(fc.array(submission, { maxLength: 6 }), async (submissions) => {
        expect(await streamed(submissions)).toEqual(expected(submissions))
      }),
      { numRuns: 60 },
    )
  })
})
