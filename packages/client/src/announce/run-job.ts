// The engine of announcements: looks recipients up, seals once, notes it, sends, notes that, group after group.

import { UsageError } from '@posthorn/errors'
import type { ClientInternals } from '../internals.ts'
import { createPace } from '../pace.ts'
import { openJobLog, type Settled } from './job-log.ts'
import { createMemoryJournal, type Journal } from './journal.ts'
import type { AnnouncementResult, Outcome } from './outcome.ts'
import { readRecipients } from './recipients.ts'
import { type Announcement, createSealFor } from './seal-for.ts'
import { type SettleParts, settleGroup } from './settle-group.ts'
import { sideBySide } from './side-by-side.ts'

/** How to run a job. */
export type JobOptions = {
  /** Where the job notes how far it is; the same journal again goes on with it. Default: in memory. */
  readonly journal?: Journal | undefined
  /** Recipients a second, 0.001 and more; default: as many as the node takes. */
  readonly perSecond?: number | undefined
  /** Groups of up to 50 recipients that are worked on at the same time; default 2. */
  readonly concurrency?: number | undefined
  /** What earlier runs of the job settled like this is tried again, for instance `['not-registered']`. */
  readonly tryAgain?: readonly Outcome['kind'][] | undefined
  readonly signal?: AbortSignal | undefined
}

/** A job. */
export type Job = JobOptions &
  Pick<SettleParts, 'unwanted' | 'sealDeposit'> & {
    readonly announcement: Announcement
    /** What tells this job from others in its journal. */
    readonly digest: string
    readonly recipients: Iterable<string>
  }

// As many contacts as a node looks up at once.
const maxGroupSize = 50
const defaultConcurrency = 2

/**
 * Runs a job and hands over each recipient once it is settled. Leaving the loop stops it; what was sealed and
 * not settled is sent, the same bytes, by the next run with the same journal.
 *
 * @throws UsageError `announce/other-job`, `announce/bad-option`; StorageError `announce/journal-damaged`;
 * TransportError when the node cannot be reached for long, or `transport/cancelled`
 */
export async function* runJob(
  internals: ClientInternals,
  job: Job,
): AsyncGenerator<AnnouncementResult, void> {
  checkOptions(job)
  const ending = endingWith(job.signal, internals.context.closing)
  let settledCount = 0
  try {
    const { totalCount, settled } = await begin(internals, job, ending)
    for await (const each of settled) yield { ...each, settledCount: ++settledCount, totalCount }
  } finally {
    ending.end()
  }
}

type Ending = { readonly signal: AbortSignal; end(): void }

type Found = Settled & { readonly isEarlier: boolean }

type Begun = { readonly totalCount: number; readonly settled: AsyncIterable<Found> }

async function begin(internals: ClientInternals, job: Job, ending: Ending): Promise<Begun> {
  const log = await openJobLog(job.journal ?? createMemoryJournal(), job.digest)
  const { addresses, refused } = readRecipients(internals.context, job.recipients)
  const earlier: Found[] = []
  const open: string[] = []
  for (const address of addresses) {
    const outcome = log.outcomeOf(address)
    if (outcome === undefined || job.tryAgain?.includes(outcome.kind)) open.push(address)
    else earlier.push({ address, outcome, isEarlier: true })
  }
  return {
    totalCount: addresses.length + refused.length,
    settled: (async function* () {
      for (const each of refused) yield { ...each, isEarlier: false }
      yield* earlier
      for await (const group of work({ internals, log, job, ending }, open)) {
        for (const each of group) yield { ...each, isEarlier: false }
      }
    })(),
  }
}

type WorkParts = Pick<SettleParts, 'internals' | 'log'> & {
  readonly job: Job
  readonly ending: Ending
}

async function* work(
  { internals, log, job, ending }: WorkParts,
  addresses: readonly string[],
): AsyncGenerator<readonly Settled[], void> {
  if (addresses.length === 0) return
  const { context, book, consent } = internals
  const { signal } = ending
  const { unwanted, sealDeposit, perSecond, concurrency = defaultConcurrency } = job
  const random = (): number => (context.crypto.randomBytes(1)[0] ?? 0) / 256
  const pace = createPace({ clock: context.clock, random, perSecond, signal })
  await pace.patiently(() => book.refresh({ signal }))
  // Whom this account has decided about already is left as it is; not knowing it is no reason not to write.
  await consent.load({ signal }).catch(() => undefined)
  const sealFor = createSealFor(internals, job.announcement)
  const parts: SettleParts = { internals, log, pace, sealFor, unwanted, sealDeposit, signal }
  yield* sideBySide(groupsOf(addresses, perSecond), {
    concurrency,
    work: (group) => settleGroup(parts, group),
    stop: ending.end,
  })
}

// At most what may be sent in one second, so that a slow job is slow evenly.
function* groupsOf(
  addresses: readonly string[],
  perSecond: number | undefined,
): Generator<readonly string[], void> {
  const size = Math.max(1, Math.min(maxGroupSize, Math.floor(perSecond ?? maxGroupSize)))
  for (let at = 0; at < addresses.length; at += size) yield addresses.slice(at, at + size)
}

function endingWith(...signals: readonly (AbortSignal | undefined)[]): Ending {
  const ending = new AbortController()
  const end = (): void => {
    for (const signal of signals) signal?.removeEventListener('abort', end)
    ending.abort()
  }
  for (const signal of signals) {
    if (signal?.aborted) end()
    else signal?.addEventListener('abort', end, { once: true })
  }
  return { signal: ending.signal, end }
}

function checkOptions({ perSecond = 1, concurrency = 1 }: JobOptions): void {
  const isPace = Number.isFinite(perSecond) && perSecond >= 0.001
  if (isPace && Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= 100) return
  throw new UsageError(
    'announce/bad-option',
    `Announce: found perSecond ${perSecond} and concurrency ${concurrency}, wanted 0.001 or more and an integer from 1 to 100`,
  )
}
