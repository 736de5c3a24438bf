import type { Check } from './check.ts'
import { authnChecks } from './checks/authn.ts'
import { batchChecks } from './checks/batch.ts'
import { gatewayChecks } from './checks/gateway.ts'
import { grpcChecks } from './checks/grpc.ts'
import { limitsChecks } from './checks/limits.ts'
import { publishChecks } from './checks/publish.ts'
import { queryChecks } from './checks/query.ts'
import { streamChecks } from './checks/stream.ts'

/** Every check, in the order in which they run; those that use up quotas last. */
export const checkTable: readonly Check[] = [
  ...gatewayChecks,
  ...publishChecks,
  ...queryChecks,
  ...batchChecks,
  ...streamChecks,
  ...authnChecks,
  ...grpcChecks,
  ...limitsChecks,
]
