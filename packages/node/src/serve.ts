// The serving half of a node: what it is made of, and the order in which that stops.

import type { Access } from './admission/access.ts'
import { createClientAddress } from './admission/client-address.ts'
import { createNodeAccess } from './admission/node-access.ts'
import { createMethods } from './api/methods.ts'
import { createSubscriptions } from './api/v2/subscribe-port.ts'
import { createAuthenticator } from './authenticator.ts'
import type { NodeConfig } from './config.ts'
import { createContactGate } from './contact-gate.ts'
import { createDispatcher, type Dispatcher } from './dispatcher.ts'
import { createEvents, type Events } from './events.ts'
import { startFeed } from './feed.ts'
import { createFigures, type FigureReader } from './figures.ts'
import { createHealth, type Health } from './health.ts'
import { createIngest, type Ingest } from './ingest.ts'
import { readLogId } from './log-id.ts'
import { observedStore } from './metrics/observed-store.ts'
import { createTally, type Tally } from './metrics/tally.ts'
import { once } from './once.ts'
import type { OpenPorts } from './ports.ts'
import type { RunningNode } from './running-node.ts'
import { type Activity, createActivity } from './server/activity.ts'
import { type ApiServer, startApiServer } from './server/api-server.ts'
import { createBodyBudget } from './server/body.ts'
import { createRouter } from './server/router.ts'
import type { ServeContext } from './server/serve-context.ts'

type Foundation = {
  readonly config: NodeConfig
  readonly ports: OpenPorts
  readonly events: Events
  readonly tally: Tally
}

const settleMs = 50

/** Serves the API from a store that is open; the node closes it when it stops. */
export async function serve(config: NodeConfig, ports: OpenPorts): Promise<RunningNode> {
  const tally = createTally()
  const events = createEvents(ports.log, tally)
  const foundation = { config, ports, events, tally }
  const health = createHealth()
  const dispatcher = createDispatcher()
  const activity = createActivity()
  const { store } = ports
  const feed =
    store.writers === 'shared'
      ? await startFeed({ store, dispatcher, clock: ports.clock, events })
      : undefined
  const access = createNodeAccess(config, { ...ports, store })
  const methods = createMethods({
    ingest: ingestOf(foundation, { dispatcher, access }),
    store: observedStore(store, { clock: ports.clock, events }),
    subscriptions: subscriptionsOf(foundation, dispatcher),
    health,
  })
  const figures = createFigures({
    config,
    store,
    clock: ports.clock,
    health,
    activity,
    dispatcher,
    tally,
  })
  const context: ServeContext = {
    clock: ports.clock,
    events,
    reads: access.reads,
    clientAddress: createClientAddress(config['trusted-proxy']),
    budget: createBodyBudget(config['max-waiting-bytes']),
    answers: createBodyBudget(config['max-waiting-bytes']),
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
    serve: createRouter({ methods, health, activity, context, figures: figures.read }),
  }).catch((error: unknown) => {
    figures[Symbol.dispose]()
    access[Symbol.dispose]()
    throw error
  })
  health.set('serving')
  events.ready({ api: api.urls, store: config.store, admin: undefined })
  ports.clock.after(settleMs, () => {
    warmUp(foundation, api).catch(() => undefined)
    access.refresh().catch(() => undefined)
  })
  return runningNode({ ...foundation, health, dispatcher, activity, api, feed, access, figures })
}

// What the first calls would wait for, and no answer that the node is ready.
async function warmUp({ ports, events }: Foundation, api: ApiServer): Promise<void> {
  await Promise.all([ports.crypto(), api.warmUp()])
  // Asking starts the store's reader.
  events.storeCounted(await ports.store.counts())
}

function subscriptionsOf({ config, ports, events }: Foundation, dispatcher: Dispatcher) {
  const { store, clock } = ports
  return createSubscriptions({
    dispatcher,
    store,
    begun: once(async () => dispatcher.begin((await store.counts()).lastSequence)),
    logId: once(() => readLogId(store.settings, clock)),
    maxBytes: config['subscriber-bytes'],
    maxLag: config['subscriber-lag'],
    events,
  })
}

type IngestNeeds = { readonly dispatcher: Dispatcher; readonly access: Access }

function ingestOf({ config, ports, events }: Foundation, needs: IngestNeeds): Ingest {
  const { clock, store } = ports
  const { dispatcher, access } = needs
  const load = once(async () => {
    const crypto = await ports.crypto()
    return createIngest({
      store: observedStore(store, { clock, events }),
      dispatcher,
      admission: access.admission,
      reads: access.reads,
      contacts: createContactGate({ store, crypto, clock }),
      authenticator: config.auth === 'on' ? createAuthenticator(crypto, clock) : undefined,
      events,
      isShared: store.writers === 'shared',
      maxEnvelopes: config['max-publish-envelopes'],
    })
  })
  return { publish: async (submission) => (await load()).publish(submission) }
}

type Parts = Foundation & {
  readonly health: Health
  readonly dispatcher: Dispatcher
  readonly activity: Activity
  readonly api: ApiServer
  readonly feed: Disposable | undefined
  readonly access: Access
  readonly figures: FigureReader
}

function runningNode(parts: Parts): RunningNode {
  const { api, config, ports, events } = parts
  let stopping: Promise<void> | undefined
  const killed = Promise.withResolvers<void>()

  const stop = async (): Promise<void> => {
    await Promise.race([drain(parts), killed.promise])
    api.destroy()
    await api.quiet()
    parts.feed?.[Symbol.dispose]()
    parts.access[Symbol.dispose]()
    parts.figures[Symbol.dispose]()
    await ports.policy?.[Symbol.asyncDispose]()
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

// Calls first, streams after them: what the last publishes brought is still delivered. Calls that hang
// have half of the time, so that streams can end well in what is left of it.
async function drain({ config, ports, events, health, dispatcher, activity, api }: Parts) {
  const graceMs = config['grace-ms']
  events.draining()
  health.set('draining')
  api.stopAccepting()
  await inTime(ports, graceMs, async () => {
    await inTime(ports, graceMs / 2, () => activity.idle('unary'))
    dispatcher.close()
    await activity.idle('stream')
    api.closeIdle()
    await api.quiet()
  })
}

async function inTime(
  { clock }: OpenPorts,
  timeMs: number,
  work: () => Promise<void>,
): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const timer = clock.after(timeMs, resolve)
  await Promise.race([work(), late])
  timer.cancel()
}
