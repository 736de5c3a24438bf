// Messages that are sealed but not sent.

import type { Anything } from './anything.ts'
import type { Envelope } from './api-client.ts'

/** A message to be sent later, or by somebody else; sending gives it as `Sent`. */
export class PreparedMessage<Sent = Anything> {
  readonly messageEnvelope: Envelope
  readonly onSend: () => Promise<Sent>
  readonly #id: string

  constructor(envelope: Envelope, id: string, onSend: () => Promise<Sent>) {
    this.messageEnvelope = envelope
    this.#id = id
    this.onSend = onSend
  }

  /** The id that the message will have. */
  async messageID(): Promise<string> {
    return this.#id
  }

  /** Resolves once the node has acknowledged. */
  send(): Promise<Sent> {
    return this.onSend()
  }
}
