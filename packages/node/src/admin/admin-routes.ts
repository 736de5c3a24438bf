// What the admin API can do, by method and path.

import { isAbsolute } from 'node:path'
import { NotFoundError, ValidationError } from '@posthorn/errors'
import type { AccessPolicy } from '@posthorn/postage'
import type { Store } from '@posthorn/store'
import type { Clock } from '../clock.ts'
import type { NodeConfig } from '../config-options.ts'
import type { Events } from '../events.ts'
import type { NodeFigures } from '../figures.ts'
import { expose } from '../metrics/exposition.ts'
import { familiesOf } from '../metrics/families.ts'
import type { Tally } from '../metrics/tally.ts'
import type { ReloadReport } from '../reload.ts'
import type { AdminAnswer, AdminRequest } from './admin-exchange.ts'
import type { RandomSource } from './admin-token.ts'
import { progressLines } from './progress-lines.ts'
import type { Retention } from './retention.ts'
import { readRetentionRule, retentionPrefix } from './retention-rule.ts'
import { readChange } from './settings-change.ts'

/** What the routes work with. */
export type AdminParts = {
  readonly config: NodeConfig
  readonly store: Store
  readonly clock: Clock
  readonly random: RandomSource
  readonly events: Events
  readonly tally: Tally
  readonly retention: Retention
  readonly figures: () => Promise<NodeFigures>
  readonly access: { policy(): AccessPolicy; refresh(): Promise<void> }
  readonly reload: () => Promise<ReloadReport>
}

/** One thing the API does. */
export type AdminRoute = (request: AdminRequest) => Promise<AdminAnswer>

const newestPage = 100
const largestPage = 1_000

/** The routes, by `GET /admin/v1/status`. */
export function createAdminRoutes(parts: AdminParts): ReadonlyMap<string, AdminRoute> {
  return new Map<string, AdminRoute>([
    ['GET /metrics', () => metrics(parts)],
    ['GET /admin/v1/status', async () => json(await status(parts))],
    ['GET /admin/v1/settings', async () => json(await settings(parts))],
    ['POST /admin/v1/settings', async (request) => json(await change(parts, request))],
    ['GET /admin/v1/audit', async (request) => json(await audit(parts, request))],
    ['GET /admin/v1/retention', async (request) => json(await preview(parts, request))],
    ['POST /admin/v1/retention/run', async () => json({ rules: await parts.retention.run() })],
    ['POST /admin/v1/backup', (request) => backup(parts, request)],
    ['POST /admin/v1/verify', async (request) => verify(parts, request)],
    ['POST /admin/v1/reload', async () => json(await parts.reload())],
  ])
}

function json(value: unknown): AdminAnswer {
  return { kind: 'json', value }
}

async function metrics({ tally, figures }: AdminParts): Promise<AdminAnswer> {
  return { kind: 'text', ...(await expose(familiesOf(tally, await figures()))) }
}

async function status({ figures, access, store }: AdminParts): Promise<unknown> {
  const { mode, limits, privilegedFactor, entries, unreadable } = access.policy()
  return {
    ...(await figures()),
    writers: store.writers,
    access: { mode, limits, privilegedFactor, entries: entries.length, unreadable },
  }
}

async function settings({ store }: AdminParts): Promise<unknown> {
  const { version, values } = await store.settings.read()
  return { version, values: Object.fromEntries(values) }
}

async function change(parts: AdminParts, request: AdminRequest): Promise<unknown> {
  const { store, clock, events, access } = parts
  const { values, note } = readChange(await request.json())
  const before = await store.settings.version()
  const version = await store.settings.change({
    values,
    note,
    actor: request.actor,
    atNs: clock.nowNs(),
  })
  if (version === before) return { version, isChanged: false }
  events.settingsChanged({ version, keys: values.size })
  await access.refresh()
  return { version, isChanged: true }
}

async function audit({ store }: AdminParts, { query }: AdminRequest): Promise<unknown> {
  const limit = countIn(query, 'limit', largestPage) ?? newestPage
  const beforeId = countIn(query, 'before', Number.MAX_SAFE_INTEGER)
  return { entries: await store.settings.audit({ limit, beforeId }) }
}

async function preview({ retention }: AdminParts, { query }: AdminRequest): Promise<unknown> {
  const category = query.get('category')
  if (category === null) return { rules: await retention.preview() }
  const rule = readRetentionRule(retentionPrefix + category, Number(query.get('days')))
  return { rules: (await retention.preview(rule)).filter((each) => each.category === category) }
}

async function backup(parts: AdminParts, request: AdminRequest): Promise<AdminAnswer> {
  const body = await request.json()
  const file: unknown =
    typeof body === 'object' && body !== null && 'file' in body ? body.file : undefined
  if (typeof file !== 'string' || !isAbsolute(file)) {
    throw new ValidationError(
      'admin/bad-path',
      'Write backup: found no path, expected {"file"} with an absolute path on the node\'s machine',
    )
  }
  const work = async (onProgress: (share: number) => void) => {
    await parts.store.upkeep.backup(file, { onProgress })
    parts.events.backedUp()
    return { file }
  }
  return { kind: 'lines', lines: progressLines(work) }
}

async function verify({ store, events }: AdminParts, request: AdminRequest): Promise<AdminAnswer> {
  const work = async () => {
    const report = await store.upkeep.verify({ signal: request.signal })
    events.verified({ envelopes: report.envelopes, faults: report.faults.length })
    return report
  }
  return { kind: 'lines', lines: progressLines(work) }
}

function countIn(query: URLSearchParams, name: string, max: number): number | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  const value = Number(text)
  if (/^\d{1,16}$/.test(text) && value >= 1 && value <= max) return value
  throw new ValidationError(
    'admin/bad-query',
    `Read admin request: ${name} is another text, expected an integer from 1 to ${max}`,
  )
}

/** No such thing in the API. */
export function unknownRoute(routes: ReadonlyMap<string, AdminRoute>): NotFoundError {
  return new NotFoundError(
    'admin/not-found',
    `Find admin route: no such path, there are ${[...routes.keys()].join(', ')}`,
  )
}
