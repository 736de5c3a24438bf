import { temporaryDirectory } from '@posthorn/testing'
import { expect, test } from 'vitest'
import { publishAndKill, readAll } from './contract/crash-harness.ts'

test('everything acknowledged is there after two kills during publishes', async () => {
  await using directory = await temporaryDirectory()
  const acked: number[] = []
  for (const [index, killAfterAcks] of [1, 300].entries()) {
    const round = {
      first: 1 + index * 100_000,
      publishes: 800,
      messageBytes: 60_000,
      killAfterAcks,
    }
    const told = await publishAndKill(directory.path, round)
    expect(told.length).toBeGreaterThanOrEqual(killAfterAcks)
    acked.push(...told)
  }
  const numbers = await readAll(directory.path, 1)
  expect(acked.filter((number) => !numbers.has(number))).toEqual([])
})
