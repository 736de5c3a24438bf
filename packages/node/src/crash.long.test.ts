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
    const killAfterAcks = 1 + Math.floor(random.unit() * (publishes - 1))
    const told = await publishAndKill(directory.path, {
      first: 1 + kill * publishes,
      publishes,
      messageBytes: kill % 2 === 0 ? 600 : 6_000,
      killAfterAcks,
    })
    expect(told.length).toBeGreaterThanOrEqual(killAfterAcks)
    acked.push(...told)
    const { numbers } = await readAll(directory.path)
    expect(acked.filter((number) => !numbers.has(number))).toEqual([])
  }
})
