// Applies the retention rules, in small steps so that publishes never wait long.

import type { TopicCategory } from '@posthorn/envelope'
import type { Store } from '@posthorn/store'
import type { Clock } from '../clock.ts'
import type { Events } from '../events.ts'
import { keptSinceNs, type RetentionRule, retentionRules } from './retention-rule.ts'

/** What a rule deletes, deleted, or would delete. */
export type RetentionReport = {
  readonly category: TopicCategory
  readonly days: number
  readonly envelopes: number
  /** Bytes of their messages. */
  readonly bytes: number
}

/** Retention of a node. Disposal stops it after the step it is at. */
export type Retention = Disposable & {
  /** What a run would delete now. @throws StorageError */
  preview(extra?: RetentionRule): Promise<readonly RetentionReport[]>
  /** Deletes now; runs follow one another. @throws StorageError */
  run(): Promise<readonly RetentionReport[]>
}

/** What retention works with. */
export type RetentionParts = {
  readonly store: Pick<Store, 'settings' | 'upkeep'>
  readonly clock: Clock
  readonly events: Pick<Events, 'pruned' | 'pruneFailed'>
}

const periodMs = 3_600_000
const firstAfterMs = 60_000
const rowsOfStep = 500
const pauseMs = 50

/** Creates retention that runs a minute after the start and then once an hour. */
export function createRetention(parts: RetentionParts): Retention {
  const { store, clock, events } = parts
  let isStopped = false
  let running: Promise<unknown> = Promise.resolve()

  const rules = async () => retentionRules((await store.settings.read()).values)
  const applyRule = async (rule: RetentionRule): Promise<RetentionReport> => {
    const { category } = rule
    const committedBeforeNs = keptSinceNs(rule, clock.nowNs())
    const sum = { envelopes: 0, bytes: 0 }
    while (!isStopped) {
      const step = await store.upkeep.prune({ category, committedBeforeNs, limit: rowsOfStep })
      sum.envelopes += step.envelopes
      sum.bytes += step.bytes
      if (step.envelopes === 0) break
      await new Promise<void>((resolve) => clock.after(pauseMs, resolve))
    }
    if (sum.envelopes > 0) events.pruned(category, sum)
    return { ...rule, ...sum }
  }
  const runAll = async (): Promise<readonly RetentionReport[]> => {
    const reports: RetentionReport[] = []
    for (const rule of await rules()) reports.push(await applyRule(rule))
    return reports
  }
  const run = (): Promise<readonly RetentionReport[]> => {
    const next = running.then(runAll, runAll)
    running = next.catch(() => undefined)
    return next
  }
  const runQuietly = (): void => {
    if (!isStopped) run().catch(events.pruneFailed)
  }
  const timers = [clock.after(firstAfterMs, runQuietly), clock.every(periodMs, runQuietly)]

  return {
    preview: async (extra) => {
      const others = (await rules()).filter(({ category }) => category !== extra?.category)
      const all = extra === undefined ? others : [...others, extra]
      return Promise.all(
        all.map(async (rule) => ({
          ...rule,
          ...(await store.upkeep.prunable({
            category: rule.category,
            committedBeforeNs: keptSinceNs(rule, clock.nowNs()),
          })),
        })),
      )
    },
    run,
    [Symbol.dispose]: () => {
      isStopped = true
      for (const timer of timers) timer.cancel()
    },
  }
}
