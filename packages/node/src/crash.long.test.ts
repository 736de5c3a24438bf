import { seededRandom, temporaryDirectory } from '@posthorn/testing'
import { expect, test } from 'vitest'
import { lookPublishAndKill, publishAndKill, readAll } from './contract/crash-harness.ts'

const kills = 20
const publishes = 10_000

test(`everything acknowledged is there after each of ${kills} kills during ${publishes} publishes`, async () => {
  await using directory = await temporaryDirectory()
  const random = seededRandom(7)
  const acked: number[] = []
  for (let kill = 0; kill < kills; kill++) {
    const first = 1 + kill * publishes
    const killAfterAcks = 1 + Math.floor(random.unit() * (publishes - 1))
    const messageBytes = kill % 2 === 0 ? 600 : 6_000
    const round = { first, publishes, messageBytes, killAfterAcks }
    const told = await publishAndKill(directory.path, round)
    expect(told.length).toBeGreaterThanOrEqual(killAfterAcks)
    const numbers = await readAll(directory.path, first)
    expect(told.filter((number) => !numbers.has(number))).toEqual([])
    acked.push(...told)
  }
  const numbers = await readAll(directory.path, 1)
  expect(acked.filter((number) => !numbers.has(number))).toEqual([])
})

test('everything acknowledged is there after each of 1,000 kills, and the node is back at once', {
  timeout: 3_600_000,
}, async () => {
  await using directory = await temporaryDirectory()
  const random = seededRandom(19)
  const all: number[] = []
  const startsMs: number[] = []
  let last: readonly number[] = []
  for (let kill = 0; kill < 1_000; kill++) {
    const first = 1 + kill * 400
    const killAfterAcks = 1 + Math.floor(random.unit() * 380)
    const messageBytes = kill % 2 === 0 ? 300 : 3_000
    const round = { first, publishes: 400, messageBytes, killAfterAcks }
    const lookFrom = last[0] === undefined ? first : first - 400
    const { acked, found, startMs } = await lookPublishAndKill(directory.path, lookFrom, round)
    expect(last.filter((number) => !found.has(number))).toEqual([])
    startsMs.push(startMs)
    all.push(...acked)
    last = acked
  }
  const numbers = await readAll(directory.path, 1)
  expect(all.filter((number) => !numbers.has(number))).toEqual([])
  startsMs.sort((a, b) => a - b)
  const [median = 0, slowest = 0] = [startsMs[500], startsMs.at(-1)].map((ms = 0) => Math.round(ms))
  // biome-ignore lint/suspicious/noConsole: the figures are half of what the test is run for.
  console.info(
    `${all.length} acknowledged; start after a kill: median ${median} ms, slowest ${slowest} ms`,
  )
  expect(slowest).toBeLessThan(5_000)
  expect(median).toBeLessThan(1_000)
})

test('a node that answers before its disk does is found out', async () => {
  await using directory = await temporaryDirectory()
  let lost = 0
  for (let kill = 0; kill < 10 && lost === 0; kill++) {
    const first = 1 + kill * 800
    const size = { publishes: 800, messageBytes: 60_000, killAfterAcks: 300 }
    const acked = await publishAndKill(directory.path, { first, ...size, fault: 'ack-early' })
    const numbers = await readAll(directory.path, first)
    lost += acked.filter((number) => !numbers.has(number)).length
  }
  expect(lost).toBeGreaterThan(0)
})
