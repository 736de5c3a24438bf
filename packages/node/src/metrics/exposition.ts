// The page that Prometheus reads. prom-client is loaded with it, not when the node starts.

import { once } from '../once.ts'
import type { Family } from './families.ts'

/** A page and what it is. */
export type Exposition = { readonly contentType: string; readonly text: string }

/** The page of these families, behind the figures of the process itself. */
export async function expose(families: readonly Family[]): Promise<Exposition> {
  const { Registry, Gauge, process } = await load()
  const registry = new Registry()
  for (const family of families) {
    const { name, help } = family
    const metric = new Gauge({ name, help, registers: [] })
    registry.registerMetric(Object.assign(metric, { get: async () => contentsOf(family) }))
  }
  const text = `${await process.metrics()}\n${await registry.metrics()}`
  return { contentType: registry.contentType, text }
}

// One for the process, however many nodes it runs: it watches the event loop and the garbage collector.
const load = once(async () => {
  const { Registry, Gauge, collectDefaultMetrics } = await import('prom-client')
  const process = new Registry()
  collectDefaultMetrics({ register: process })
  return { Registry, Gauge, process }
})

// prom-client counts itself; this hands it what is counted already.
function contentsOf({ name, help, type, samples }: Family) {
  const values = samples.map(({ suffix, labels, value }) =>
    suffix === undefined ? { labels, value } : { metricName: name + suffix, labels, value },
  )
  return { name, help, type, values, aggregator: 'sum' as const }
}
