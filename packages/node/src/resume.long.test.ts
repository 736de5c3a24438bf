import { seededRandom, startCuttingProxy } from '@posthorn/testing'
import { expect, test } from 'vitest'
import { runCutScenario } from './contract/cut-scenario.ts'
import { protocols, startTestNode } from './contract/test-node.ts'

const cuts = 1_000

test.each(protocols)(
  `a reader over %s that is cut ${cuts} times loses nothing and gets nothing twice`,
  async (protocol) => {
    await using testNode = await startTestNode({ 'subscriber-bytes': 4_000 })
    const { unit } = seededRandom(23)
    const bytesBeforeCut = () => 1 + Math.floor(unit() * 6_000)
    await using proxy = await startCuttingProxy(testNode.url, bytesBeforeCut)
    const { published, received } = await runCutScenario(testNode, { protocol, cuts, unit, proxy })
    expect(received).toEqual(published)
  },
)
