// npm run conformance: the published V1/V2 SDK and our own client on one real node.

import { runChecks } from './check.ts'
import { consentChecks } from './checks/consent.ts'
import { conversationChecks } from './checks/conversations.ts'
import { firstGenerationChecks } from './checks/first-generation.ts'
import { hostileChecks } from './checks/hostile.ts'
import { identityChecks } from './checks/identity.ts'
import { messageChecks } from './checks/messages.ts'
import { policyChecks } from './checks/policy.ts'
import { portableInboxChecks } from './checks/portable-inbox.ts'
import { signerChecks } from './checks/signers.ts'
import { streamChecks } from './checks/streams.ts'
import { openWorld } from './world.ts'

const all = [
  ...identityChecks,
  ...signerChecks,
  ...conversationChecks,
  ...firstGenerationChecks,
  ...messageChecks,
  ...streamChecks,
  ...consentChecks,
  ...portableInboxChecks,
  ...hostileChecks,
  ...policyChecks,
]
const only = process.argv[2]
const world = await openWorld()
const { passed, failed } = await runChecks(
  only === undefined ? all : all.filter((check) => check.name.includes(only)),
  world,
)
await world[Symbol.asyncDispose]()
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 && passed > 0 ? 0 : 1)
