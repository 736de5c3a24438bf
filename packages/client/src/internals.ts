// What modules beside the client (announcements, escrow, the inbox) work with, without it being part of its face.

import { UsageError } from '@posthorn/errors'
import type { Consent } from './consent.ts'
import type { ClientContext } from './context.ts'
import type { ConversationBook } from './conversation-book.ts'
import type { Conversations } from './conversations.ts'

/** The parts of a client. */
export type ClientInternals = {
  readonly context: ClientContext
  readonly book: ConversationBook
  readonly consent: Consent
  readonly conversations: Conversations
}

const partsOf = new WeakMap<object, ClientInternals>()

/** Remembers the parts of a client for {@link internalsOf}. */
export function keepInternals(client: object, internals: ClientInternals): void {
  partsOf.set(client, internals)
}

/** The parts of a client. @throws UsageError `client/not-a-client` */
export function internalsOf(client: object): ClientInternals {
  const internals = partsOf.get(client)
  if (internals !== undefined) return internals
  throw new UsageError(
    'client/not-a-client',
    'Use client: expected the very object that createClient gave, found another one or a copy',
  )
}
