// Messages that are sealed but not sent.

import type { Anything } from './anything.ts'
import type { Envelope } from './api-client.ts'
import type { DecodedMessage } from './decoded-message.ts'

/** A message to be sent later, or by somebody else. */
export class PreparedMessage {
  readonly messageEnvelope: Envelope
  readonly onSend: () => Promise<DecodedMessage<Anything>>
  readonly #id: string

  constructor(envelope: Envelope, id: string, onSend: () => Promise<DecodedMessage<Anything>>) {
    this.messageEnvelope = envelope
    this.#id = id
    this.onSend = onSend
  }

  /** The id that the message will have. */
  async messageID(): Promise<string> {
    return this.#id
  }

  /** Resolves once the node has acknowledged. */
  send(): Promise<DecodedMessage<Anything>> {
    return this.onSend()
  }
}
