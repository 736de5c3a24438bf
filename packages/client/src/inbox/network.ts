// One session on the network after the other, for as long as the inbox is open.

import type { NetworkParts, NetworkSession } from './network-session.ts'
import { createNetworkSession } from './network-session.ts'
import { asProtocolError } from './unexpected.ts'

/** The network part of an inbox. */
export type Network = {
  /** Resolves when the signal that it was created with has aborted. */
  run(): Promise<void>
  /** Begins anew at once, unless there is a connection. */
  wake(): void
  addConversations(topics: readonly string[]): void
}

/** Creates the network part; ends with the signal. */
export function createNetwork(given: NetworkParts, signal: AbortSignal): Network {
  let session: NetworkSession | undefined
  let ending = new AbortController()
  let isWaiting = false
  let resume = (): void => undefined
  const parts: NetworkParts = {
    ...given,
    onState: (state) => {
      isWaiting = state.kind === 'offline'
      if (!ending.signal.aborted) given.onState(state)
    },
  }

  async function attempt(): Promise<void> {
    ending = new AbortController()
    session = createNetworkSession(parts, ending)
    parts.onState({ kind: 'connecting' })
    try {
      await session.run()
    } catch (error) {
      if (signal.aborted || isWoken) return
      given.onState({ kind: 'refused', error: asProtocolError(error) })
      await woken()
    }
  }

  let isWoken = false
  function woken(): Promise<void> {
    return new Promise((resolve) => {
      resume = resolve
    })
  }

  return {
    run: async () => {
      const end = (): void => {
        ending.abort()
        resume()
      }
      signal.addEventListener('abort', end, { once: true })
      await given.book.load()
      while (!signal.aborted) {
        isWoken = false
        await attempt()
      }
    },
    wake: () => {
      resume()
      if (!isWaiting) return
      isWoken = true
      ending.abort()
    },
    addConversations: (topics) => session?.addConversations(topics),
  }
}
