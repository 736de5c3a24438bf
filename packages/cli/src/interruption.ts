// Ctrl-C: the first ends the work in order, an impatient second one ends the process.

import { exitCodes } from './failure.ts'
import { processSignals } from './signal-source.ts'

/** A run that people may interrupt; listens until it is disposed of. */
export type Interruption = Disposable & {
  /** Aborted by SIGINT, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Starts to listen. */
export function listenForInterruption(): Interruption {
  const controller = new AbortController()
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted)
    controller.abort()
  }
  for (const name of signals) processSignals.on(name, onSignal)
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const name of signals) processSignals.off(name, onSignal)
    },
  }
}
