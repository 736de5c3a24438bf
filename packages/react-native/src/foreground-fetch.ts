// Streams only while the application is in the foreground. In the background the system stops it anyway, and
// its connections die without a word.

import { type ReplyReader, replyOf } from './reply.ts'

/** React Native's `AppState`, as far as it is used. */
export type AppStatePort = {
  /** 'active', 'inactive' (a call comes in, the user looks at all applications) or 'background'. */
  readonly currentState: string
  addEventListener(
    type: 'change',
    listener: (state: string) => void,
  ): {
    remove(): void
  }
}

const streamPath = '/subscribe'

/**
 * A fetch that breaks off streams when the application goes into the background and holds new ones back until
 * it returns. A client takes that for a lost connection: it connects again and fetches what it missed. Other
 * calls pass.
 */
export function createForegroundFetch(appState: AppStatePort, send: typeof fetch): typeof fetch {
  return async (input, init = {}) => {
    if (!String(input).endsWith(streamPath)) return send(input, init)
    await foreground(appState, init.signal)
    const { signal, release } = foregroundSignal(appState, init.signal)
    try {
      return releasing(await send(input, { ...init, signal }), release)
    } catch (error) {
      release()
      throw error
    }
  }
}

// Resolves in the foreground, or when the signal aborts.
function foreground(appState: AppStatePort, signal: AbortSignal | null | undefined): Promise<void> {
  if (appState.currentState !== 'background' || signal?.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const go = (): void => {
      subscription.remove()
      signal?.removeEventListener('abort', go)
      resolve()
    }
    const subscription = appState.addEventListener('change', (state) => {
      if (state !== 'background') go()
    })
    signal?.addEventListener('abort', go, { once: true })
  })
}

type ForegroundSignal = { readonly signal: AbortSignal; release(): void }

// Aborts with its owner and with the foreground.
function foregroundSignal(
  appState: AppStatePort,
  owner: AbortSignal | null | undefined,
): ForegroundSignal {
  const ending = new AbortController()
  const end = (): void => ending.abort()
  const subscription = appState.addEventListener('change', (state) => {
    if (state === 'background') end()
  })
  owner?.addEventListener('abort', end, { once: true })
  if (owner?.aborted) end()
  const release = (): void => {
    subscription.remove()
    owner?.removeEventListener('abort', end)
  }
  return { signal: ending.signal, release }
}

// The same reply, whose end is noticed: readers of streams read to the end or cancel.
function releasing(response: Response, release: () => void): Response {
  const { ok, status, headers, body } = response
  if (!ok || body === null) {
    release()
    return response
  }
  const getReader = (): ReplyReader => {
    const reader = body.getReader()
    return {
      read: async () => {
        const piece = await reader.read().catch((error) => {
          release()
          throw error
        })
        if (piece.done) release()
        return piece
      },
      cancel: () => {
        release()
        return reader.cancel()
      },
    }
  }
  return replyOf({ ok, status, headers, body: { getReader, cancel: () => body.cancel() } })
}
