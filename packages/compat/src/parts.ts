// What the classes of this package know of a client without it being part of the client's face.

import type { Conversation as Face, Client as InnerClient } from '@posthorn/client'
import type { Crypto } from '@posthorn/crypto'
import { UsageError } from '@posthorn/errors'
import type { ConversationReference, Keystore } from '@posthorn/protocol-v2'
import type { Conversation } from './conversation.ts'
import type { HttpApiClient } from './http-api-client.ts'

/** The parts of one client. */
export type ClientParts = {
  readonly inner: InnerClient
  readonly apiClient: HttpApiClient
  readonly crypto: Crypto
  /** The account's keys, for what our client does not do by itself. */
  readonly keystore: Keystore
  readonly maxContentSize: number
  /** Our client's conversations by topic, as far as they were met. */
  readonly faces: Map<string, Face>
}

/** Makes the faces of conversations; set by the module that knows both versions. */
export type ConversationMaker = {
  of(face: Face): Conversation
  restored(reference: ConversationReference, version: 'v1' | 'v2'): Conversation
}

const partsByClient = new WeakMap<object, ClientParts>()
const makers = new WeakMap<object, ConversationMaker>()

/** Remembers the parts of a client for {@link partsOf}. */
export function keepParts(client: object, parts: ClientParts): void {
  partsByClient.set(client, parts)
}

/** The parts of a client. @throws UsageError `compat/not-a-client` */
export function partsOf(client: object): ClientParts {
  return known(partsByClient.get(client))
}

/** Remembers who makes the conversations of a client. */
export function keepMaker(client: object, maker: ConversationMaker): void {
  makers.set(client, maker)
}

/** Who makes the conversations of a client. @throws UsageError `compat/not-a-client` */
export function makerOf(client: object): ConversationMaker {
  return known(makers.get(client))
}

function known<T>(found: T | undefined): T {
  if (found !== undefined) return found
  throw new UsageError(
    'compat/not-a-client',
    'Use client: expected the very object that Client.create gave, found another one or a copy',
  )
}
