// The serving half of a node: what it is made of, and the order in which that stops.

import { StorageError } from '@posthorn/errors'
import type { AdminParts } from './admin/admin-routes.ts'
import { type AdminServer, hasAdmin, startAdminServer } from './admin/admin-server.ts'
import { createRetention } from './admin/retention.ts'
import type { Access } from './admission/access.ts'
import {
  accessDefaults,
  createNodeAccess,
  createNodeClientAddress,
  createNodeFloodGuard,
  createNodeTopicBudget,
} from './admission/node-access.ts'
import type { TopicBudget } from './admission/topic-budget.ts'
import { createMethods } from './api/methods.ts'
import { createSubscriptions } from './api/v2/subscribe-port.ts'
import { createAuthenticator } from './authenticator.ts'
import { createClosedTopics } from './closed-topics.ts'
import type { NodeConfig } from './config.ts'
import { createContactGate } from './contact-gate.ts'
import { deliveryOf } from './delivery.ts'
import { createDispatcher, type Dispatcher } from './dispatcher.ts'
import { createEvents, type Events } from './events.ts'
import { startFeed } from './feed.ts'
import { createFigures } from './figures.ts'
import { createHealth, type Health } from './health.ts'
import { createIngest, type Ingest } from './ingest.ts'
import { readLogId } from './log-id.ts'
import { observedStore } from './metrics/observed-store.ts'
import { observedSubscriptions } from './metrics/observed-subscriptions.ts'
import { createTally, type Tally } from './metrics/tally.ts'
import { once } from './once.ts'
import type { OpenPorts } from './ports.ts'
import { type ReloadReport, reloadReport } from './reload.ts'
import type { RunningNode } from './running-node.ts'
import { type Activity, createActivity } from './server/activity.ts'
import { type ApiServer, startApiServer } from './server/api-server.ts'
import { createBodyBudget } from './server/body-budget.ts'
import type { Exchange } from './server/exchange.ts'
import { createRouter } from './server/router.ts'
import type { ServeContext } from './server/serve-context.ts'
import { createTurnstile } from './server/turnstile.ts'
import { nextTurn } from './system-clock.ts'
import { tracedAdmission, tracedIngest, tracedMethods, tracedStore } from './tracing/traced.ts'
import type { Tracer } from './tracing/tracer.ts'

type Foundation = {
  readonly config: NodeConfig
  readonly ports: OpenPorts
  readonly events: Events
  readonly tally: Tally
  /** Undefined when no traces are collected. */
  readonly tracer: Tracer | undefined
}

const settleMs = 50
// The largest answer is held in three forms at once, the largest request in one.
const answersPerRequests = 4 / 3
const departuresPerTurn = 64
const lastSpansMs = 1_000

/** Serves the API from a store that is open; the node closes it when it stops. */
export async function serve(config: NodeConfig, ports: OpenPorts): Promise<RunningNode> {
  const tally = createTally()
  const events = createEvents(ports.log, tally)
  const tracer = await openTracer(config)
  const foundation = { config, ports, events, tally, tracer }
  const health = createHealth()
  const dispatcher = createDispatcher()
  const topicBudget = createNodeTopicBudget(config)
  const needs = { dispatcher, topicBudget }
  const activity = createActivity()
  const { store } = ports
  const feed =
    store.writers === 'shared'
      ? await startFeed({ store, dispatcher, clock: ports.clock, events })
      : undefined
  const broadcasts = store.onBroadcast((envelope) =>
    dispatcher.dispatch([deliveryOf(envelope, undefined)]),
  )
  const access = createNodeAccess(config, { ...ports, store })
  const table = createMethods({
    ingest: tracedIngest(ingestOf(foundation, { dispatcher, access }), tracer),
    store: tracedStore(observedStore(store, { clock: ports.clock, events }), tracer),
    subscriptions: observedSubscriptions(subscriptionsOf(foundation, needs), events),
    health,
  })
  const methods = tracedMethods(table, tracer)
  const { clock } = ports
  const sources = { health, activity, dispatcher, topicBudget, access, tally }
  const figures = createFigures({ config, store, clock, ...sources })
  const retention = createRetention({ store, clock: ports.steadyClock, events })
  const helpers = [feed, broadcasts, access, figures, retention]
  const reload = createReload(foundation, access)
  const context: ServeContext = {
    clock: ports.clock,
    events,
    reads: access.reads,
    clientAddress: createNodeClientAddress(config, ports.log),
    budget: createBodyBudget(config['max-waiting-bytes']),
    largeBodies: createTurnstile(nextTurn, 1),
    departures: createTurnstile(nextTurn, departuresPerTurn),
    answers: createBodyBudget(config['max-waiting-bytes'] * answersPerRequests),
    maxRequestBytes: config['max-request-bytes'],
    keepAliveMs: config['keep-alive-ms'],
    stallMs: config['stall-ms'],
  }
  const router = createRouter({ methods, health, activity, context, figures: figures.read })
  const { api, admin } = await startServers(foundation, {
    router,
    adminParts: {
      ...foundation,
      ...ports,
      store,
      retention,
      access,
      figures: figures.read,
      reload: reload.run,
    },
  }).catch((error: unknown) => {
    for (const helper of helpers) helper?.[Symbol.dispose]()
    throw error
  })
  health.set('serving')
  events.ready({ api: api.urls, store: config.store, admin: admin?.url })
  ports.clock.after(settleMs, () => {
    warmUp(foundation, api).catch(() => undefined)
    access.refresh().catch(() => undefined)
  })
  return runningNode({ ...foundation, health, dispatcher, activity, api, admin, helpers, reload })
}

async function openTracer({ 'otlp-url': url }: NodeConfig): Promise<Tracer | undefined> {
  if (url === '') return undefined
  const { createOtlpTracer } = await import('./tracing/otlp-tracer.ts')
  return createOtlpTracer(url)
}

type ServerParts = {
  readonly router: (exchange: Exchange) => void
  readonly adminParts: AdminParts
}

// The admin port first: a client that sees the node has an operator who can, too.
async function startServers({ config, ports, events }: Foundation, parts: ServerParts) {
  const admin = hasAdmin(config) ? await openAdmin(parts.adminParts) : undefined
  try {
    const api = await startApiServer({
      host: config.host,
      ports: config['api-port'],
      maxConnections: config['max-connections'],
      maxStreamsPerConnection: config['max-connection-streams'],
      clock: ports.clock,
      events,
      floods: createNodeFloodGuard(config, ports.clock),
      serve: parts.router,
    })
    return { api, admin }
  } catch (error) {
    await admin?.[Symbol.asyncDispose]()
    throw error
  }
}

// A node that keeps nothing itself may run where nothing can be written.
async function openAdmin(parts: AdminParts): Promise<AdminServer | undefined> {
  const { config, events } = parts
  try {
    return await startAdminServer(parts)
  } catch (error) {
    const isAsked = config['admin-port'] !== 0 || config['admin-token-file'] !== ''
    if (isAsked || !(error instanceof StorageError)) throw error
    events.adminOff(error)
    return undefined
  }
}

type Reload = { readonly config: () => NodeConfig; readonly run: () => Promise<ReloadReport> }

function createReload({ config, ports, events }: Foundation, access: Access): Reload {
  let current = config
  const run = async (): Promise<ReloadReport> => {
    try {
      const next = ports.readConfig()
      const report = reloadReport(current, next)
      const applied = Object.fromEntries(report.applied.map((name) => [name, next[name]]))
      current = { ...current, ...applied }
      ports.log.setLevel?.(current['log-level'])
      await access.setDefaults(accessDefaults(current))
      events.reloaded(report)
      return report
    } catch (error) {
      events.reloadFailed(error)
      throw error
    }
  }
  return { config: () => current, run }
}

// What the first calls would wait for, and no answer that the node is ready.
async function warmUp({ ports, events }: Foundation, api: ApiServer): Promise<void> {
  await Promise.all([ports.crypto(), api.warmUp()])
  // Asking starts the store's reader.
  events.storeCounted(await ports.store.counts())
}

type SubscriptionNeeds = { readonly dispatcher: Dispatcher; readonly topicBudget: TopicBudget }

function subscriptionsOf({ config, ports, events }: Foundation, needs: SubscriptionNeeds) {
  const { dispatcher, topicBudget } = needs
  const { store, clock } = ports
  return createSubscriptions({
    dispatcher,
    topicBudget,
    store,
    begun: once(async () => dispatcher.begin((await store.counts()).lastSequence)),
    logId: once(() => readLogId(store.settings, clock)),
    maxBytes: config['subscriber-bytes'],
    maxLag: config['subscriber-lag'],
    events,
  })
}

type IngestNeeds = { readonly dispatcher: Dispatcher; readonly access: Access }

function ingestOf({ config, ports, events, tracer }: Foundation, needs: IngestNeeds): Ingest {
  const { clock, store } = ports
  const { dispatcher, access } = needs
  const load = once(async () => {
    const crypto = await ports.crypto()
    return createIngest({
      store: tracedStore(observedStore(store, { clock, events }), tracer),
      broadcast: (envelopes) => store.broadcast(envelopes),
      dispatcher,
      admission: tracedAdmission(access.admission, tracer),
      reads: access.reads,
      contacts: createContactGate({ store, crypto, clock }),
      closedTopics: createClosedTopics(store),
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
  readonly admin: AdminServer | undefined
  /** What works beside the calls. */
  readonly helpers: readonly (Disposable | undefined)[]
  readonly reload: Reload
}

function runningNode(parts: Parts): RunningNode {
  const { api, admin, helpers, reload, ports, events } = parts
  let stopping: Promise<void> | undefined
  const killed = Promise.withResolvers<void>()

  const stop = async (): Promise<void> => {
    await Promise.race([drain(parts), killed.promise])
    api.destroy()
    await api.quiet()
    await admin?.[Symbol.asyncDispose]()
    for (const helper of helpers) helper?.[Symbol.dispose]()
    await ports.policy?.[Symbol.asyncDispose]()
    await ports.store[Symbol.asyncDispose]()
    await inTime(ports, lastSpansMs, async () => parts.tracer?.[Symbol.asyncDispose]())
    events.stopped()
  }
  const dispose = (): Promise<void> => {
    stopping ??= stop()
    return stopping
  }
  return {
    apiUrls: api.urls,
    adminUrl: admin?.url,
    config: parts.config,
    reload: reload.run,
    kill: () => {
      killed.resolve()
      return dispose()
    },
    [Symbol.asyncDispose]: dispose,
  }
}

// Calls first, streams after them: what the last publishes brought is still delivered. Calls that hang
// have half of the time, so that streams can end well in what is left of it.
async function drain({ reload, ports, events, health, dispatcher, activity, api }: Parts) {
  const graceMs = reload.config()['grace-ms']
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
