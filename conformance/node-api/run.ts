// node conformance/node-api/run.ts [WORDS]: clients that know nothing of this repository's code, made of
// published packages and sockets, on one real node.

import { runChecks } from './check.ts'
import { authenticationChecks } from './checks/authentication.ts'
import { badInputChecks } from './checks/bad-input.ts'
import { contactChecks } from './checks/contacts.ts'
import { grpcChecks } from './checks/grpc-clients.ts'
import { http2Checks } from './checks/http2-frames.ts'
import { jsonShapeChecks } from './checks/json-shapes.ts'
import { lifecycleChecks } from './checks/lifecycle.ts'
import { publishingChecks } from './checks/publishing.ts'
import { queryChecks } from './checks/queries.ts'
import { streamChecks } from './checks/streams.ts'
import { openWorld } from './world.ts'

const all = [
  ...jsonShapeChecks,
  ...queryChecks,
  ...publishingChecks,
  ...authenticationChecks,
  ...contactChecks,
  ...streamChecks,
  ...grpcChecks,
  ...badInputChecks,
  ...http2Checks,
  ...lifecycleChecks,
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
