import { seededRandom, temporaryDirectory } from '@posthorn/testing'
import { expect, test } from 'vitest'
import { publishAndKill, readAll } from './contract/crash-harness.ts'

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
