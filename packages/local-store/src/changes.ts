// What changed, told to whoever shows it. Changes name records; readers read them anew.

/** A record that changed; `everything` when too many did to name them. */
export type LocalChange =
  | { readonly kind: 'conversation'; readonly topic: string }
  | { readonly kind: 'message'; readonly topic: string; readonly id: string }
  | { readonly kind: 'consent'; readonly subject: string; readonly value: string }
  | { readonly kind: 'draft'; readonly topic: string }
  | { readonly kind: 'setting'; readonly key: string }
  | {
      readonly kind: 'outbox'
      readonly number: number
      /** `gone`: sent, discarded or removed. */
      readonly state: 'waiting' | 'failed' | 'gone'
    }
  | { readonly kind: 'everything' }

/** Carries changes between stores that are open on the same data, in other tabs for instance. */
export type ChangeChannel = Disposable & {
  post(changes: readonly LocalChange[]): void
  /** At most one listener. */
  listen(listener: (changes: readonly LocalChange[]) => void): void
}

/** Tells changes to any number of readers. */
export type ChangeHub = {
  /** Tells a change of this store. */
  tell(changes: readonly LocalChange[]): void
  /** Batches of changes from now on; ends with the signal or the hub. */
  read(signal?: AbortSignal): AsyncIterable<readonly LocalChange[]>
  close(): void
}

// A reader that is slower than this many changes reads everything anew; it loses nothing by that.
const maxWaitingChanges = 1_000

/** Creates a hub; what comes through the channel is told as well. */
export function createChangeHub(channel?: ChangeChannel): ChangeHub {
  const readers = new Set<Reader>()
  let isClosed = false
  const deliver = (changes: readonly LocalChange[]): void => {
    for (const reader of readers) reader.take(changes)
  }
  channel?.listen(deliver)
  return {
    tell: (changes) => {
      if (isClosed || changes.length === 0) return
      deliver(changes)
      channel?.post(changes.length > maxWaitingChanges ? [{ kind: 'everything' }] : changes)
    },
    // Registered at the call, not at the first pull: what changes in between is not missed.
    read: (signal) => {
      const reader = createReader()
      if (isClosed || signal?.aborted) reader.end()
      else readers.add(reader)
      const end = (): void => {
        reader.end()
        readers.delete(reader)
      }
      signal?.addEventListener('abort', end, { once: true })
      return reader.iterate(() => {
        signal?.removeEventListener('abort', end)
        readers.delete(reader)
      })
    },
    close: () => {
      isClosed = true
      for (const reader of readers) reader.end()
      readers.clear()
      channel?.[Symbol.dispose]()
    },
  }
}

type Reader = {
  take(changes: readonly LocalChange[]): void
  end(): void
  iterate(onEnd: () => void): AsyncIterable<readonly LocalChange[]>
}

function createReader(): Reader {
  const waiting = new Map<string, LocalChange>()
  let isEnded = false
  let wake: () => void = () => undefined

  function take(changes: readonly LocalChange[]): void {
    for (const change of changes) {
      if (waiting.has('everything')) break
      const isTooMany = change.kind === 'everything' || waiting.size >= maxWaitingChanges
      if (isTooMany) waiting.clear()
      if (isTooMany) waiting.set('everything', { kind: 'everything' })
      else waiting.set(JSON.stringify(change), change)
    }
    wake()
  }

  async function* iterate(onEnd: () => void): AsyncGenerator<readonly LocalChange[], void> {
    try {
      for (;;) {
        if (waiting.size === 0 && !isEnded) {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
        if (isEnded) return
        const changes = [...waiting.values()]
        waiting.clear()
        if (changes.length > 0) yield changes
      }
    } finally {
      onEnd()
    }
  }

  return {
    take,
    end: () => {
      isEnded = true
      wake()
    },
    iterate,
  }
}
