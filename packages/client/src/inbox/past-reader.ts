// Reads what nodes have stored, 50 topics in a request, newest first: first the newest page of each topic, then the
// next ones. Where it stopped stands in the store for topics whose past has never been read.

import { maxBatchQueries, maxQueryRows } from '@posthorn/envelope'
import type { LocalSetting, SettingValue } from '@posthorn/local-store'
import type { Envelope, QueryPage, QueryRequest, TimeCursor, Transport } from '@posthorn/transport'
import type { File } from './filing.ts'
import { settingPrefixes } from './inbox-settings.ts'
import type { Persist } from './persistence.ts'

/** What is to be read of a topic. */
export type PastJob = {
  readonly topic: string
  /** Not before; undefined is the beginning. */
  readonly startNs?: bigint | undefined
  /** Not after; undefined is now. */
  readonly endNs?: bigint | undefined
  /** Whether the store keeps how far it got. */
  readonly isKept: boolean
}

/** How far the past of a topic was read: everything from `before` on. */
export type PastMark = { readonly before?: string }

/** What reading the past needs. */
export type PastReaderParts = {
  readonly transport: Pick<Transport, 'batchQuery'>
  readonly file: File
  readonly persist: Persist
  readonly signal: AbortSignal
  /** Told whenever the number of topics that are left changes. */
  readonly onProgress: () => void
}

/** Reads the past of topics. */
export type PastReader = {
  /** Adds jobs, behind those that are there; one for a topic that is being read starts it anew. */
  add(jobs: readonly PastJob[]): void
  /** Topics that are not read to their beginning. */
  left(): number
  /** Whether a job without a mark in the store is left. */
  isCatchingUp(): boolean
  /** Whether a topic is being read to its beginning, and the store keeps how far. */
  isKept(topic: string): boolean
  /** Reads until the signal aborts. @throws what `persist` rejects with */
  run(): Promise<void>
}

type Task = PastJob & { readonly cursor: TimeCursor | undefined }

// One put: its messages and the marks of their topics.
const maxRowsPerPut = 500
// Fifty topics are one after six halvings; from there on a page has fewer rows.
const fewestTopics = 6
const maxHalvings = 12

/** The job of a mark in the store. */
export function jobOfMark(topic: string, value: SettingValue): PastJob {
  const before =
    typeof value === 'object' && value !== null ? (value as PastMark).before : undefined
  const endNs = typeof before === 'string' && /^\d+$/.test(before) ? BigInt(before) : undefined
  return { topic, endNs, isKept: true }
}

/** Creates a reader without jobs. */
export function createPastReader(parts: PastReaderParts): PastReader {
  const { signal, onProgress } = parts
  const tasks = new Map<string, Task>()
  let wake = (): void => undefined

  // A line that breaks under a large answer carries a smaller one: half as much after each failure.
  let halvings = 0

  async function query(): Promise<ReadPage[]> {
    const group = [...tasks.values()].slice(0, Math.max(1, maxBatchQueries >> halvings))
    const limit = Math.max(1, maxQueryRows >> Math.max(0, halvings - fewestTopics))
    try {
      const requests = group.map((task) => requestOf(task, limit))
      const pages = await parts.transport.batchQuery(requests, { signal })
      halvings = Math.max(0, halvings - 1)
      return group.map((task, at) => pageOf(task, pages[at]))
    } catch (error) {
      halvings = Math.min(maxHalvings, halvings + 1)
      throw error
    }
  }

  async function round(): Promise<void> {
    for (const together of inPuts(await parts.persist(query))) {
      const envelopes = together.flatMap((each) => each.envelopes)
      const settings = together.flatMap((each) => each.mark)
      await parts.persist(() => parts.file(envelopes, { settings }))
      for (const { task, next } of together) settle(task, next)
    }
    onProgress()
  }

  // Unless it was begun anew meanwhile.
  function settle(task: Task, next: Task | undefined): void {
    if (tasks.get(task.topic) !== task) return
    tasks.delete(task.topic)
    if (next !== undefined) tasks.set(task.topic, next)
  }

  return {
    add: (jobs) => {
      for (const job of jobs) tasks.set(job.topic, { ...job, cursor: undefined })
      onProgress()
      wake()
    },
    left: () => tasks.size,
    isCatchingUp: () => [...tasks.values()].some(({ isKept }) => !isKept),
    isKept: (topic) => tasks.get(topic)?.isKept ?? false,
    run: async () => {
      const onAbort = (): void => wake()
      signal.addEventListener('abort', onAbort, { once: true })
      while (!signal.aborted) {
        if (tasks.size > 0) await round()
        else {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      }
    },
  }
}

type ReadPage = {
  readonly task: Task
  readonly envelopes: readonly Envelope[]
  readonly next: Task | undefined
  readonly mark: readonly LocalSetting[]
}

function requestOf({ topic, startNs, endNs, cursor }: Task, limit: number): QueryRequest {
  return { topics: [topic], startNs, endNs, cursor, limit, direction: 'descending' }
}

function pageOf(task: Task, page: QueryPage | undefined): ReadPage {
  const { envelopes = [], nextCursor } = page ?? {}
  const isLast = nextCursor === undefined || envelopes.length === 0
  const next = isLast ? undefined : { ...task, cursor: nextCursor }
  return { task, envelopes, next, mark: task.isKept ? [markOf(task, next)] : [] }
}

function markOf({ topic }: Task, next: Task | undefined): LocalSetting {
  const before = next?.cursor?.timestampNs
  const value: PastMark | undefined = before === undefined ? undefined : { before: String(before) }
  return { key: `${settingPrefixes.past}${topic}`, value }
}

function* inPuts(pages: readonly ReadPage[]): Generator<ReadPage[], void> {
  let together: ReadPage[] = []
  let rows = 0
  for (const page of pages) {
    if (rows + page.envelopes.length > maxRowsPerPut && together.length > 0) {
      yield together
      together = []
      rows = 0
    }
    together.push(page)
    rows += page.envelopes.length
  }
  if (together.length > 0) yield together
}
