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
}

/**
 * Drains a node at the first signal. Resolves when it has stopped.
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
  for (const signal of signals) source.on(signal, onSignal)
  return stopped.promise.finally(() => {
    for (const signal of signals) source.off(signal, onSignal)
  })
}
