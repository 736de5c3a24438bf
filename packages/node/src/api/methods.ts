// Every method of the node, found by its gRPC path or its gateway path.

import type { EnvelopeStore } from '@posthorn/store'
import type { Health } from '../health.ts'
import type { Ingest } from '../ingest.ts'
import type { GatewayMethod } from '../json/serve-json.ts'
import { healthCheckMethod, healthWatchMethod } from './health.ts'
import type { Method } from './method.ts'
import { batchQueryMethod } from './v2/batch-query.ts'
import { publishMethod } from './v2/publish.ts'
import { queryMethod } from './v2/query.ts'
import { subscribeMethod } from './v2/subscribe.ts'
import { subscribeAllMethod } from './v2/subscribe-all.ts'
import type { Subscriptions } from './v2/subscribe-port.ts'
import { subscribe2Method } from './v2/subscribe2.ts'

/** Methods by the paths they are called on. */
export type MethodTable = {
  readonly byRpcPath: ReadonlyMap<string, Method>
  readonly byHttpPath: ReadonlyMap<string, GatewayMethod>
}

/** What the methods work with. */
export type MethodParts = {
  readonly ingest: Ingest
  readonly store: EnvelopeStore
  readonly subscriptions: Subscriptions
  readonly health: Health
}

/** Creates the table. */
export function createMethods({ ingest, store, subscriptions, health }: MethodParts): MethodTable {
  const methods: readonly Method[] = [
    publishMethod(ingest),
    queryMethod(store),
    batchQueryMethod(store),
    subscribeMethod(subscriptions),
    subscribe2Method(subscriptions),
    subscribeAllMethod(subscriptions),
    healthCheckMethod(health),
    healthWatchMethod(health),
  ]
  const byHttpPath = new Map<string, GatewayMethod>()
  for (const method of methods) {
    if (method.kind !== 'bidi' && method.httpPath !== undefined) {
      byHttpPath.set(method.httpPath, method)
    }
  }
  return {
    byRpcPath: new Map(methods.map((method) => [`/${method.service}/${method.rpc}`, method])),
    byHttpPath,
  }
}
