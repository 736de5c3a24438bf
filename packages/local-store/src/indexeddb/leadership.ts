// One tab of many does the work on the network. Web Locks decide which: the lock goes to the next tab the moment the
// leader closes, crashes or steps down.

import { UsageError } from '@posthorn/errors'

/** What of the Web Locks API is needed. */
export type LockManagerPort = {
  request(
    name: string,
    options: { readonly signal?: AbortSignal },
    callback: () => Promise<void>,
  ): Promise<unknown>
}

/** A tab's candidacy. Disposing it steps down, so that another tab takes over. */
export type Leadership = AsyncDisposable & {
  isLeader(): boolean
  /** Resolves when this tab leads; rejects with `local-store/no-leadership` when it stepped down before. */
  readonly elected: Promise<void>
}

/** Which election to stand for. */
export type StandForLeaderOptions = {
  /** The same in all tabs: the name of the store. */
  readonly name: string
  /** Default: the browser's. Where there are none, every tab leads its own. */
  readonly locks?: LockManagerPort | undefined
}

/** Stands for leader; the first tab leads, the others wait in line. */
export function standForLeader(options: StandForLeaderOptions): Leadership {
  const { name, locks = browserLocks() } = options
  const waiting = new AbortController()
  const { promise: elected, resolve: win, reject: lose } = Promise.withResolvers<void>()
  const { promise: steppedDown, resolve: release } = Promise.withResolvers<void>()
  // Nobody has to wait for the election.
  elected.catch(() => undefined)
  let isLeader = false

  const hold = (): Promise<void> => {
    isLeader = true
    win()
    return steppedDown
  }
  const requested =
    locks === undefined
      ? hold()
      : locks.request(`posthorn-leader ${name}`, { signal: waiting.signal }, hold)
  const ended = requested.then(
    () => undefined,
    () => undefined,
  )

  return {
    isLeader: () => isLeader,
    elected,
    [Symbol.asyncDispose]: async () => {
      isLeader = false
      lose(notElected())
      waiting.abort()
      release()
      await ended
    },
  }
}

function browserLocks(): LockManagerPort | undefined {
  return globalThis.navigator?.locks as LockManagerPort | undefined
}

function notElected(): UsageError {
  return new UsageError(
    'local-store/no-leadership',
    'Wait for leadership: this tab stepped down before it led',
  )
}
