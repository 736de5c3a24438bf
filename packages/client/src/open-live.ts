// Opens a subscription where the last one broke, by the numbers of the node, or else from now on.

import { ValidationError } from '@posthorn/errors'
import type { LogMark, LogPosition, Transport } from '@posthorn/transport'
import type { Clock } from './clock.ts'
import { type Live, openGraceMs, subscribed } from './live.ts'
import type { LogProgress } from './log-progress.ts'

/** What is to be opened. */
export type OpenLiveOptions = {
  readonly topics: readonly string[]
  /** Those of the topics whose past has not been read. */
  readonly added: readonly string[]
  readonly log: LogProgress
  readonly signal: AbortSignal
}

/** An open subscription. */
export type OpenedLive = {
  readonly live: Live
  /** It brings all that was missed. Otherwise its reader has to look that up. */
  readonly isResumed: boolean
  /** To be called once what was missed has been read: from here on the numbers count. */
  confirm(): void
}

type Context = { readonly transport: Transport; readonly clock: Clock }

/** Opens the subscription. @throws what the transport throws */
export async function openLive(context: Context, options: OpenLiveOptions): Promise<OpenedLive> {
  const position = options.log.position(options.added)
  if (position === undefined) return openAnew(context, options)
  try {
    return await openResumed(context, options, position)
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error
    // Another node, or a store put back from a copy, has other numbers than those that were remembered.
    options.log.forget()
    return openAnew(context, options)
  }
}

// A mark says that everything before it has been sent, which is not so for what was missed.
async function openAnew(
  context: Context,
  { topics, log, signal }: OpenLiveOptions,
): Promise<OpenedLive> {
  let isConfirmed = false
  let held: LogMark | undefined
  const onMark = (mark: LogMark): void => {
    if (isConfirmed) log.mark(mark)
    else held = mark
  }
  const live = await subscribed(context, topics, { signal, onMark })
  const confirm = (): void => {
    isConfirmed = true
    if (held !== undefined) log.mark(held)
  }
  return { live, isResumed: false, confirm }
}

// A node that knows no positions sends no mark either, and has started now.
async function openResumed(
  context: Context,
  { topics, log, signal }: OpenLiveOptions,
  position: LogPosition,
): Promise<OpenedLive> {
  let onMarked = (): void => undefined
  const marked = new Promise<true>((resolve) => {
    onMarked = () => resolve(true)
  })
  const onMark = (mark: LogMark): void => {
    log.mark(mark)
    onMarked()
  }
  const live = await subscribed(context, topics, { signal, onMark, position })
  const grace = new AbortController()
  const late = context.clock.sleep(openGraceMs, { signal: grace.signal }).then(() => false)
  const isResumed = await Promise.race([marked, late]).finally(() => grace.abort())
  return { live, isResumed, confirm: () => undefined }
}
