// Signals of this process, one for each time that somebody meant one.

// A terminal signals every process of a group and npm passes signals on as well, so that one Ctrl-C may
// arrive twice at once. A person needs longer for the second.
const sameKeystrokeMs = 150

type Listener = () => void

/** Where signals come from, as `process` is. */
export type SignalSource = {
  on(signal: NodeJS.Signals, listener: Listener): unknown
  off(signal: NodeJS.Signals, listener: Listener): unknown
}

/** The same signals without the echoes of one keystroke. */
export function withoutEchoes(source: SignalSource, nowMs: () => number): SignalSource {
  const wrapped = new Map<Listener, Listener>()
  let lastMs = Number.NEGATIVE_INFINITY
  return {
    on: (signal, listener) => {
      const heard =
        wrapped.get(listener) ??
        (() => {
          const isEcho = nowMs() - lastMs < sameKeystrokeMs
          lastMs = nowMs()
          if (!isEcho) listener()
        })
      wrapped.set(listener, heard)
      source.on(signal, heard)
    },
    off: (signal, listener) => {
      source.off(signal, wrapped.get(listener) ?? listener)
    },
  }
}

/** Signals of this process. */
export const processSignals: SignalSource = withoutEchoes(process, () => performance.now())
