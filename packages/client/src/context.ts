// What the parts of one client share; made in create-client.ts and nowhere else.

import type { CodecRegistry, DecodeOptions } from '@posthorn/content'
import type { Crypto } from '@posthorn/crypto'
import type { Keystore } from '@posthorn/protocol-v2'
import type { Transport } from '@posthorn/transport'
import type { Clock } from './clock.ts'
import type { Contacts } from './contacts.ts'
import type { OpenedKeystore } from './open-keystore.ts'
import type { Publisher } from './publisher.ts'
import type { SendTimes } from './send-times.ts'

/** The shared parts of one client. */
export type ClientContext = Pick<OpenedKeystore, 'checkRecord'> & {
  readonly crypto: Crypto
  readonly transport: Transport
  readonly clock: Clock
  readonly keystore: Keystore
  readonly registry: CodecRegistry
  readonly decoding: DecodeOptions
  readonly times: SendTimes
  readonly publisher: Publisher
  readonly contacts: Contacts
  /** Name of the network, under which this device keeps what it keeps. */
  readonly network: string
  /** Aborts when the client is closed. */
  readonly closing: AbortSignal
}
