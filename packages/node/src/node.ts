// A node's life: it starts from the store outwards and stops from the ports inwards.

import { createMethods } from './api/methods.ts'
import { createSubscribe } from './api/v2/subscribe-port.ts'
import { createAuthenticator } from './authenticator.ts'
import type { NodeConfig } from './config.ts'
import { createContactGate } from './contact-gate.ts'
import { createDispatcher, type Dispatcher } from './dispatcher.ts'
import { createEvents, type Events } from './events.ts'
import { createHealth, type Health } from './health.ts'
import { createIngest } from './ingest.ts'
import { type NodePorts, type OpenPorts, openPorts } from './ports.ts'
import { type Activity, createActivity } from './server/activity.ts'
import { type ApiServer, startApiServer } from './server/api-server.ts'
import { createBodyBudget } from './server/body.ts'
import { createRouter } from './server/router.ts'
import type { ServeContext } from './server/serve-context.ts'

/** A node that serves until it is disposed of; disposal drains it. */
export type RunningNode = AsyncDisposable & {
  /** `http://host:port` of every API port. */
  readonly apiUrls: readonly string[]
  readonly config: NodeConfig
  /** Stops without finishing anything; the store still closes properly. */
  kill(): Promise<void>
}

/**
 * Opens the store and serves the API. Resolves when the node answers on every port.
 *
 * @param given ports to use instead of the real ones
 * @throws UsageError `node/port-taken`, `node/cannot-listen`; StorageError when the store cannot be opened
 */
export async function startNode(
  config: NodeConfig,
  given: Partial<NodePorts> = {},
): Promise<RunningNode> {
  const ports = await openPorts(config, given)
  try {
    return await serve({ config, ports, events: createEvents(ports.log) })
  } catch (error) {
    await ports.store[Symbol.asyncDispose]()
    throw error
  }
}

type Foundation = {
  readonly config: NodeConfig
  readonly ports: OpenPorts
  readonly events: Events
}

async function serve(foundation: Foundation): Promise<RunningNode> {
  const { config, ports, events } = foundation
  const health = createHealth()
  const dispatcher = createDispatcher()
  const activity = createActivity()
  const methods = createMethods({
    ingest: ingestOf(foundation, dispatcher),
    store: ports.store,
    subscribe: createSubscribe(
      dispatcher,
      {
        maxMessages: config['subscriber-messages'],
        maxMessagesOfAll: config['subscriber-all-messages'],
        maxBytes: config['subscriber-bytes'],
      },
      events,
    ),
    health,
  })
  const context: ServeContext = {
    clock: ports.clock,
    events,
    budget: createBodyBudget(config['max-waiting-bytes']),
    maxRequestBytes: config['max-request-bytes'],
    keepAliveMs: config['keep-alive-ms'],
    stallMs: config['stall-ms'],
  }
  const api = await startApiServer({
    host: config.host,
    ports: config['api-port'],
    maxConnections: config['max-connections'],
    maxStreamsPerConnection: config['max-connection-streams'],
    clock: ports.clock,
    events,
    serve: createRouter({ methods, health, activity, context }),
  })
  health.set('serving')
  events.ready({ api: api.urls, store: config.store })
  return runningNode({ ...foundation, health, dispatcher, activity, api })
}

function ingestOf({ config, ports, events }: Foundation, dispatcher: Dispatcher) {
  const { crypto, clock, admission, store } = ports
  return createIngest({
    store,
    dispatcher,
    admission,
    contacts: createContactGate({ store, crypto, clock }),
    authenticator: config.auth === 'on' ? createAuthenticator(crypto, clock) : undefined,
    events,
    maxEnvelopes: config['max-publish-envelopes'],
  })
}

type Parts = Foundation & {
  readonly health: Health
  readonly dispatcher: Dispatcher
  readonly activity: Activity
  readonly api: ApiServer
}

function runningNode(parts: Parts): RunningNode {
  const { api, config, ports, events } = parts
  let stopping: Promise<void> | undefined
  const killed = Promise.withResolvers<void>()

  const stop = async (): Promise<void> => {
    await Promise.race([drain(parts), killed.promise])
    api.destroy()
    await api.quiet()
    await ports.store[Symbol.asyncDispose]()
    events.stopped()
  }
  const dispose = (): Promise<void> => {
    stopping ??= stop()
    return stopping
  }
  return {
    apiUrls: api.urls,
    config,
    kill: () => {
      killed.resolve()
      return dispose()
    },
    [Symbol.asyncDispose]: dispose,
  }
}

// Calls first, streams after them: what the last publishes brought is still delivered.
async function drain({ config, ports, events, health, dispatcher, activity, api }: Parts) {
  const graceMs = config['grace-ms']
  events.draining()
  health.set('draining')
  api.stopAccepting()
  await inTime(ports, graceMs, activity.idle('unary'))
  dispatcher.close()
  await inTime(ports, graceMs, activity.idle('stream'))
  api.closeIdle()
  await inTime(ports, graceMs, api.quiet())
}

async function inTime({ clock }: OpenPorts, graceMs: number, work: Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const timer = clock.after(graceMs, resolve)
  await Promise.race([work, late])
  timer.cancel()
}
