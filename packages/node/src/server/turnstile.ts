// Lets requests in a few at a time. One connection can bring a thousand of them in one read, and hundreds of
// connections as many at once: begun in the turn in which they came, they would keep everybody else waiting.

/** Lets requests in. */
export type Turnstile = {
  /** Calls `begin` now, or in a later turn of the event loop; connections that wait are let in one by one. */
  enter(connection: object, begin: () => void): void
}

/** Creates a turnstile; `nextTurn` calls back once what has come in the meantime was read. */
export function createTurnstile(
  nextTurn: (callback: () => void) => void,
  entriesPerTurn: number,
): Turnstile {
  const waiting = new Map<object, (() => void)[]>()
  let entries = 0
  let isTurnDue = false

  const turn = (): void => {
    isTurnDue = false
    entries = 0
    while (entries < entriesPerTurn) {
      const next = takeNext(waiting)
      if (next === undefined) break
      entries++
      next()
    }
    if (entries > 0) callTurn()
  }
  const callTurn = (): void => {
    if (isTurnDue) return
    isTurnDue = true
    nextTurn(turn)
  }
  return {
    enter: (connection, begin) => {
      callTurn()
      const line = waiting.get(connection)
      if (line !== undefined) {
        line.push(begin)
      } else if (waiting.size > 0 || entries >= entriesPerTurn) {
        waiting.set(connection, [begin])
      } else {
        entries++
        begin()
      }
    },
  }
}

// The first of the line that has waited longest, which then waits behind the others.
function takeNext(waiting: Map<object, (() => void)[]>): (() => void) | undefined {
  for (const [connection, line] of waiting) {
    const next = line.shift()
    waiting.delete(connection)
    if (line.length > 0) waiting.set(connection, line)
    return next
  }
  return undefined
}
