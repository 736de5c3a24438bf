// node conformance/differential/run.ts [--messages 10000] [--seed N] [--plant]: random messages of all types between our
// client and the published V1/V2 package, both ways, through one real node; all that readers see is compared.
// Ends with 1 when there is a difference.

import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { openWorld } from '../xmtp-js/world.ts'
import type { Difference } from './compare.ts'
import { holdConversation } from './hold-conversation.ts'
import { planConversation } from './plan.ts'

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '10000' },
    seed: { type: 'string' },
    plant: { type: 'boolean', default: false },
  },
})
const isPlanted = values.plant
const total = Number(values.messages)
const seed = values.seed === undefined ? randomInt(1_000_000_000) : Number(values.seed)
const perConversation = 100
const shownDifferences = 10
const reportEvery = 10

// The published package tells the console of every envelope that it leaves out.
console.warn = () => undefined
console.info = () => undefined
console.log(`seed ${seed}, ${total} messages`)

await using world = await openWorld()
const differences: (Difference & { readonly seed: number })[] = []
let [sent, compared, conversations] = [0, 0, 0]
while (sent < total) {
  const plan = planConversation({
    seed: seed + conversations,
    count: Math.min(perConversation, total - sent),
    isPlanted,
  })
  const outcome = await holdConversation(world, plan)
  differences.push(...outcome.differences.map((each) => ({ ...each, seed: plan.seed })))
  sent += outcome.sent
  compared += outcome.compared
  conversations += 1
  if (conversations % reportEvery === 0)
    console.log(`${sent} sent, ${differences.length} differences`)
}
for (const each of differences.slice(0, shownDifferences)) {
  const [wanted, found] = [each.wanted, each.found].map((value) => JSON.stringify(value))
  console.log(`seed ${each.seed}, ${each.reading}, ${each.at}: wanted ${wanted}, found ${found}`)
}
console.log(
  `${sent} messages in ${conversations} conversations, ${compared} comparisons, ${differences.length} differences`,
)
process.exitCode = differences.length === 0 && sent > 0 ? 0 : 1
