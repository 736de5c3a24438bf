import type { Timers } from '@posthorn/transport'

/** The clock port: everything in the client that depends on time asks it. */
export type Clock = Timers & {
  /** Milliseconds since 1970. */
  nowMs(): number
}
