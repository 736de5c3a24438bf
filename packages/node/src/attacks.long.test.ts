// What a flood does to everybody else: a process probes the node while another attacks it. The attacker gives way
// to the other two, because it is the node that is measured and not a machine that all three share.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { temporaryDirectory } from '@posthorn/testing'
import { expect, test } from 'vitest'
import { type Answers, type AttackName, attacks } from './contract/attacks.ts'
import { startMeasuredNode } from './contract/measured-node.ts'
import { probeDuring } from './contract/probe.ts'
import { sleep } from './contract/target.ts'

const mib = 1_048_576
const attackMs = 5_000
const elsewhere = '127.0.0.2'
const besideProbe = '127.0.0.1'

const flags = { limits: 'on', 'read-limit': '1000/600' }

type Result = {
  readonly answers: Answers
  readonly p99Ms: number
  readonly failures: number
  readonly growthMib: number
  readonly peakMib: number
}

async function run(name: AttackName, from: string, settings: object = flags): Promise<Result> {
  await using directory = await temporaryDirectory()
  await using node = await startMeasuredNode(directory.path, settings)
  // What a node loads with its first calls is no growth.
  await probeDuring(node.url, () => sleep(500))
  const before = await node.memory()
  let answers: Answers = {}
  const { delaysMs, failures } = await probeDuring(node.url, async () => {
    answers = await attackBy(name, node.url, from)
  })
  expect(node.isAlive()).toBe(true)
  await sleep(1_000)
  const after = await node.memory()
  const p99Ms = delaysMs.toSorted((a, b) => a - b)[Math.floor(delaysMs.length * 0.99)] ?? 0
  const growthMib = (after.bytes - before.bytes) / mib
  const peakMib = (after.peakRssBytes - before.rssBytes) / mib
  // biome-ignore lint/suspicious/noConsole: the figures are half of what the test is run for.
  console.info(
    `${name} from ${from}: ${delaysMs.length} probes, p99 ${p99Ms.toFixed(0)} ms, failed ${failures}, growth ${growthMib.toFixed(1)} MiB, resident at most ${peakMib.toFixed(0)} MiB more; answers ${JSON.stringify(answers)}`,
  )
  return { answers, p99Ms, failures, growthMib, peakMib }
}

async function attackBy(name: AttackName, url: string, from: string): Promise<Answers> {
  const program = fileURLToPath(import.meta.resolve('./contract/attack-child.ts'))
  const child = fork(program, [name, url, from, `${attackMs}`])
  const [answers] = await once(child, 'message')
  return answers
}

function expectCalm({ p99Ms, failures, growthMib, peakMib }: Result, maxPeakMib = 100): void {
  expect(failures).toBe(0)
  expect(p99Ms).toBeLessThan(250)
  expect(growthMib).toBeLessThan(100)
  expect(peakMib).toBeLessThan(maxPeakMib)
}

// The last two are told apart by what they are answered.
const names = (Object.keys(attacks) as AttackName[]).filter((name) => !name.startsWith('invented'))

test.each(names)('during %s the node goes on for everybody else', async (name) => {
  // Bodies of 48 MiB that are compressed come whole before they are looked at.
  expectCalm(await run(name, elsewhere), name === 'gzipBodies' ? 150 : 100)
})

test('during rapidReset the node goes on for those who share its address', async () => {
  expectCalm(await run('rapidReset', besideProbe))
})

// What is looked for can be found: the same flood where nothing is counted by address.
test('during rapidReset a node without limits keeps everybody waiting', async () => {
  expect((await run('rapidReset', elsewhere, { limits: 'off' })).p99Ms).toBeGreaterThan(250)
})

test.each([
  ['inventedAddresses', flags],
  ['inventedBehindProxy', { ...flags, 'trusted-proxy': elsewhere }],
] as const)('%s are counted as one', async (name, settings) => {
  const result = await run(name, elsewhere, settings)
  expectCalm(result)
  expect(result.answers['0 -']).toBeGreaterThanOrEqual(1_000)
  expect(result.answers['0 -']).toBeLessThan(2_000)
})
