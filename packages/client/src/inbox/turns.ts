// Work that is done in turn: what is asked for first happens first.

/** Runs work after all work of the same name that was given before. */
export type Turns = <T>(name: string, work: () => Promise<T>) => Promise<T>

/** Creates turns; failures end nothing but themselves. */
export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>()
  return (name, work) => {
    const turn = (last.get(name) ?? Promise.resolve()).then(work)
    const settled = turn.then(
      () => undefined,
      () => undefined,
    )
    last.set(name, settled)
    void settled.then(() => {
      if (last.get(name) === settled) last.delete(name)
    })
    return turn
  }
}
