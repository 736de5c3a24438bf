// Connections that send headers which never become a call: more fields than a call may have, ten thousand of them in as
// many bytes. Unpacking them costs the node much and is over before any call begins, so they are looked
// for when the event loop was late.

import type { ServerHttp2Session } from 'node:http2'
import type { Clock } from '../clock.ts'

/** A session that is watched. */
export type WatchedSession = {
  /** Streams of it that have begun. */
  begun: number
  /** Bytes of it that were there at the last look. */
  knownBytes: number
}

const lookMs = 50
const lateMs = 20
// Much for headers, little for what makes the loop late.
const muchBytes = 131_072
// Headers that are too large are a mistake once, and no mistake again and again.
const maxLost = 16

/** Looks at sessions for as long as there are any; `onFlood` is given those that flood. Disposal ends it. */
export function watchHeaders<Session extends WatchedSession>(
  sessions: ReadonlyMap<ServerHttp2Session, Session>,
  clock: Clock,
  onFlood: (session: ServerHttp2Session, watched: Session) => void,
): Disposable {
  let lastMs = clock.monotonicMs()
  const timer = clock.every(lookMs, () => {
    const nowMs = clock.monotonicMs()
    const isLate = nowMs - lastMs > lookMs + lateMs
    lastMs = nowMs
    if (!isLate) return
    for (const [session, watched] of [...sessions]) {
      if (isFlooding(session, watched)) onFlood(session, watched)
    }
  })
  return { [Symbol.dispose]: () => timer.cancel() }
}

function isFlooding(session: ServerHttp2Session, watched: WatchedSession): boolean {
  if (session.destroyed) return false
  const { bytesRead } = session.socket
  const newBytes = bytesRead - watched.knownBytes
  watched.knownBytes = bytesRead
  if (newBytes < muchBytes) return false
  // Clients number their streams 1, 3, 5 and so on.
  const streams = ((session.state.lastProcStreamID ?? 0) + 1) / 2
  return streams - watched.begun > maxLost
}
