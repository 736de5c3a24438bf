import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Envelope } from '@posthorn/envelope'
import { TransportError } from '@posthorn/errors'
import { createVirtualClock, eventually, writeProgram } from '@posthorn/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestAccount } from '../contract/test-account.ts'
import { protocols, startTestNode, type TestNode } from '../contract/test-node.ts'
import { silentLogger } from '../logger.ts'
import { systemClock } from '../system-clock.ts'
import { openPolicy } from './open-policy.ts'
import { createPolicyAdmission, type PolicyOptions } from './policy-admission.ts'
import { type PolicyAnswer, type PolicyRequest, readPolicyAnswer } from './policy-plugin.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'posthorn-policy-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function fileOf(name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeProgram(path, text)
  return path
}

/** A program in Node that answers by `body`, which has the request and `answer`. */
const programOf = (name: string, body: string): Promise<string> =>
  fileOf(
    name,
    `#!${process.execPath}
const lines = require('node:readline').createInterface({ input: process.stdin })
const answer = (value) => console.log(JSON.stringify(value))
lines.on('line', (line) => { const request = JSON.parse(line); ${body} })
`,
  )

const envelope: Envelope = {
  contentTopic: '/xmtp/0/invite-0x1/proto',
  timestampNs: 1n,
  message: Buffer.from('secret'),
}
const publish = { envelopes: [envelope], address: '0xAb', remoteAddress: '192.0.2.1' }
const asked: PolicyRequest = {
  kind: 'publish',
  account: '0xAb',
  address: '192.0.2.1',
  envelopes: [{ topic: envelope.contentTopic, class: 'v2-invite', bytes: 6 }],
}
const parts = { clock: systemClock, log: silentLogger }

describe('a program', () => {
  test('default: is told who publishes what, and nothing that it holds', async () => {
    const path = await programOf(
      'echo',
      "const { id, ...rest } = request; answer({ id, decision: 'refuse', reason: JSON.stringify(rest) })",
    )
    await using policy = await openPolicy(path, parts)
    const answer = await policy.ask(asked)
    expect(answer).toMatchObject({ decision: 'refuse' })
    expect(JSON.parse(answer.decision === 'refuse' ? answer.reason : '')).toEqual(asked)
  })

  test('behavior: may answer in any order', async () => {
    const path = await programOf(
      'reversed',
      `globalThis.held ??= []; held.push(request)
       if (held.length === 3) for (const { id, account } of held.reverse())
         answer({ id, decision: account === 'b' ? 'refuse' : 'accept' })`,
    )
    await using policy = await openPolicy(path, parts)
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((account) => policy.ask({ ...asked, account })),
    )
    expect(answers.map(({ decision }) => decision)).toEqual(['accept', 'refuse', 'accept'])
  })

  test('behavior: is started again when it ends, and questions on the way fail', async () => {
    const path = await programOf(
      'mortal',
      "if (request.account === 'die') process.exit(1); answer({ id: request.id, decision: 'accept' })",
    )
    await using policy = await openPolicy(path, parts)
    await expect(policy.ask({ ...asked, account: 'die' })).rejects.toBeInstanceOf(TransportError)
    await eventually(async () => {
      expect(await policy.ask(asked)).toEqual({ decision: 'accept' })
    })
  })

  test('behavior: rests longer each time that it ends', async () => {
    const clock = createVirtualClock()
    const path = await fileOf('dies', '#!/bin/sh\nexit 1\n')
    const pauses: unknown[] = []
    const log = {
      ...silentLogger,
      warn: (fields: Readonly<Record<string, unknown>>) => void pauses.push(fields['pauseMs']),
    }
    await using _policy = await openPolicy(path, { clock, log })
    for (const count of [1, 2, 3]) {
      await eventually(() => expect(pauses).toHaveLength(count))
      await clock.advance(Number(pauses.at(-1)))
    }
    expect(pauses.slice(0, 3)).toEqual([100, 200, 400])
  })

  test('behavior: lines that are no answer are passed over, one that never ends is its end', async () => {
    const path = await programOf(
      'chatty',
      `console.log('hello'); console.log('{"id":"x"}'); console.log('7'); answer({ id: 99, decision: 'accept' })
       if (request.account === 'flood') return process.stdout.write('x'.repeat(100000))
       answer({ id: request.id, decision: 'accept' })`,
    )
    await using policy = await openPolicy(path, parts)
    expect(await policy.ask(asked)).toEqual({ decision: 'accept' })
    await expect(policy.ask({ ...asked, account: 'flood' })).rejects.toThrow('does not run')
  })

  test('error: an answer that means nothing is none', async () => {
    const path = await programOf('vague', "answer({ id: request.id, decision: 'perhaps' })")
    await using policy = await openPolicy(path, parts)
    await expect(policy.ask(asked)).rejects.toMatchObject({ code: 'policy/bad-answer' })
  })

  test('error: a file that cannot be run is told when the node starts', async () => {
    const wanted = { code: 'policy/cannot-start' }
    await expect(openPolicy(join(folder, 'missing'), parts)).rejects.toMatchObject(wanted)
    await expect(startTestNode({ policy: join(folder, 'missing') })).rejects.toMatchObject(wanted)
  })

  const hasPython = spawnSync('python3', ['--version']).status === 0
  test.skipIf(!hasPython)('the example of the documentation does what it says', async () => {
    const page = new URL('../../../../docs/policy-plugin.md', import.meta.url)
    const text = await readFile(page, 'utf8')
    const scripts = [...text.matchAll(/```(?:sh|python)\n(#!.*?)```/gs)]
    expect(scripts.length).toBeGreaterThan(0)
    for (const [index, [, script = '']] of scripts.entries()) {
      await using policy = await openPolicy(await fileOf(`example-${index}`, script), parts)
      const big = { ...asked, envelopes: [{ topic: 't', class: 'test' as const, bytes: 100_001 }] }
      expect(await policy.ask(asked)).toEqual({ decision: 'accept' })
      expect(await policy.ask(big)).toMatchObject({
        decision: 'refuse',
        reason: expect.stringMatching(/100 kB/),
      })
      expect(await policy.ask(asked)).toEqual({ decision: 'accept' })
    }
  })
})

describe('a module', () => {
  test.each([
    ['decide', 'export function decide'],
    ['default', 'export default function'],
  ])('behavior: its export %s is asked', async (name, start) => {
    const path = await fileOf(
      `${name}.mjs`,
      `${start} (request) { return { decision: request.account === 'b' ? 'refuse' : 'accept' } }`,
    )
    await using policy = await openPolicy(path, parts)
    expect(await policy.ask(asked)).toEqual({ decision: 'accept' })
    const refusal = await policy.ask({ ...asked, account: 'b' })
    expect(refusal).toEqual({ decision: 'refuse', reason: 'it breaks a rule of the node' })
  })

  test.each([
    ['that throws when it is loaded', 'throw new Error()'],
    ['without a function', 'export const decide = 7'],
  ])('error: one %s is told when the node starts', async (name, text) => {
    const path = await fileOf(`${name.replaceAll(' ', '-')}.mjs`, text)
    await expect(openPolicy(path, parts)).rejects.toMatchObject({ code: 'policy/cannot-start' })
  })

  test('error: what it throws is no answer', async () => {
    const path = await fileOf('throws.mjs', 'export function decide() { throw new Error("x") }')
    await using policy = await openPolicy(path, parts)
    await expect(policy.ask(asked)).rejects.toThrow('x')
  })
})

test('a reason is shown short and without control characters', () => {
  const reason = `too\u001b[31m big\n${'x'.repeat(500)}`
  const answer = readPolicyAnswer({ decision: 'refuse', reason })
  expect(answer).toEqual({
    decision: 'refuse',
    reason: expect.stringMatching(/^too \[31m big x{185,190}$/),
  })
})

describe('createPolicyAdmission', () => {
  const clock = createVirtualClock()
  const admissionOf = (ask: () => Promise<PolicyAnswer>, fail: PolicyOptions['fail']) =>
    createPolicyAdmission({
      plugin: { ask, [Symbol.asyncDispose]: async () => undefined },
      clock,
      log: silentLogger,
      timeoutMs: 100,
      fail,
    })
  const never = () => new Promise<PolicyAnswer>(() => undefined)
  const unavailable = {
    kind: 'refused',
    error: { code: 'policy/unavailable', retryAfterMs: 1_000 },
  }

  test.each([
    ['closed', unavailable],
    ['open', { kind: 'admitted' }],
  ] as const)('behavior: failing %s, without an answer in time', async (fail, expected) => {
    const decision = admissionOf(never, fail).decide(publish)
    await clock.advance(99)
    const early = await Promise.race([decision, 'waiting'])
    expect(early).toBe('waiting')
    await clock.advance(1)
    expect(await decision).toMatchObject(expected)
    const broken = admissionOf(() => Promise.reject(new RangeError('broken')), fail)
    expect(await broken.decide(publish)).toMatchObject(expected)
  })

  test('behavior: asks no more than so many questions at once', async () => {
    const admission = admissionOf(never, 'closed')
    const waiting = Array.from({ length: 1_000 }, () => admission.decide(publish))
    expect(await admission.decide(publish)).toMatchObject(unavailable)
    await clock.advance(100)
    await Promise.all(waiting)
    expect(await Promise.race([admission.decide(publish), 'asked'])).toBe('asked')
    await clock.advance(100)
  })
})

describe('a node with a policy', () => {
  let testNode: TestNode
  beforeAll(async () => {
    const path = await fileOf(
      'node.mjs',
      `export function decide({ envelopes, account, address }) {
         if (!account?.startsWith('0x') || address !== '127.0.0.1') throw new Error('bad request')
         const isBad = envelopes.some(({ bytes }) => bytes > 3)
         return isBad ? { decision: 'refuse', reason: 'too big' } : { decision: 'accept' }
       }`,
    )
    testNode = await startTestNode({ auth: 'on', policy: path })
  })
  afterAll(() => testNode[Symbol.asyncDispose]())

  test.each(protocols)('asks it about each publish over %s', async (protocol) => {
    const alice = await createTestAccount(1, 0)
    const token = alice.authorization(systemClock.nowNs())
    const client = testNode.clients.find((each) => each.protocol === protocol)
    const of = (text: string) => [{ ...envelope, message: Buffer.from(text) }]
    expect((await client?.publish(of('abc'), token))?.status).toBe(0)
    expect(await client?.publish([...of('abc'), ...of('abcd')], token)).toMatchObject({
      status: 7,
      code: 'policy/refused',
      message: 'Publish: the policy of the node refuses: too big',
    })
  })
})
