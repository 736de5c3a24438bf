// Asks a node for its readiness, and publishes, again and again while something else goes on.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** What a probe found. */
export type ProbeReport = {
  /** How long answers took. */
  readonly delaysMs: readonly number[]
  /** Calls that brought no answer 200. */
  readonly failures: number
}

/** Probes a node for as long as `work` takes. */
export async function probeDuring(url: string, work: () => Promise<void>): Promise<ProbeReport> {
  const child = fork(fileURLToPath(import.meta.resolve('./probe-child.ts')), [url])
  await once(child, 'message')
  await work()
  const answer = once(child, 'message')
  child.send('stop')
  const [report] = await answer
  child.disconnect()
  return report
}
