// Stopping a node by the signals that shells and supervisors send.

import type { RunningNode } from './running-node.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** A signal that stops a node. */
export type StopSignal = (typeof signals)[number]

/** What a program hands over so that its signals stop a node. */
export type SignalOptions = {
  /** Source of `SIGINT`, `SIGTERM` and `SIGHUP` events, as `process` is. */
  readonly source: {
    on(signal: StopSignal, listener: () => void): unknown
    off(signal: StopSignal, listener: () => void): unknown
  }
  /** Called on the second signal, to leave at once. */
  readonly exitNow: () => void
  /** Whether SIGHUP reads the configuration again, as services expect; else it stops the node. */
  readonly isReloadable?: boolean
}

/**
 * Drains a node at the first signal that stops it. Resolves when it has stopped.
 *
 * @throws what stopping the node throws
 */
export function installSignalHandlers(node: RunningNode, options: SignalOptions): Promise<void> {
  const { source, exitNow } = options
  const stopped = Promise.withResolvers<void>()
  let isStopping = false
  const onSignal = (): void => {
    if (isStopping) {
      exitNow()
      return
    }
    isStopping = true
    node[Symbol.asyncDispose]().then(stopped.resolve, stopped.reject)
  }
  const onHangUp = options.isReloadable === true ? reloadOf(node) : onSignal
  const listenerOf = (signal: StopSignal) => (signal === 'SIGHUP' ? onHangUp : onSignal)
  for (const signal of signals) source.on(signal, listenerOf(signal))
  return stopped.promise.finally(() => {
    for (const signal of signals) source.off(signal, listenerOf(signal))
  })
}

// What was wrong is in the log of the node.
function reloadOf(node: RunningNode): () => void {
  return () => void node.reload().catch(() => undefined)
}
