// What serving a call needs besides the call.

import type { ClientAddress } from '../admission/client-address.ts'
import type { Reads } from '../admission/reads.ts'
import type { Clock } from '../clock.ts'
import type { Events } from '../events.ts'
import type { BodyBudget } from './body-budget.ts'
import type { Turnstile } from './turnstile.ts'

/** Parts and bounds shared by all protocols. */
export type ServeContext = {
  readonly clock: Clock
  readonly events: Events
  readonly reads: Reads
  /** The address that a client is known by. */
  readonly clientAddress: ClientAddress
  readonly budget: BodyBudget
  readonly largeBodies: Turnstile
  /** For streams that lose their client: thousands may in one turn. */
  readonly departures: Turnstile
  /** The same for answers. */
  readonly answers: BodyBudget
  /** Largest request message, in bytes of protobuf. */
  readonly maxRequestBytes: number
  /** Time between the keep-alive lines of a JSON stream. */
  readonly keepAliveMs: number
  /** How long a client may leave its stream unread while there is something to read. */
  readonly stallMs: number
}
