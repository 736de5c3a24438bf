// Broadcast envelopes as texts that NOTIFY carries: base64 in pieces, since a text has less than 8,000 bytes.

import { checkEnvelope, type Envelope, maxMessageBytes, maxTopicBytes } from '@posthorn/envelope'

const pieceLength = 7_900
const headBytes = 2 + 8
const maxPieces = Math.ceil(
  (Math.ceil((headBytes + maxTopicBytes + maxMessageBytes) / 3) * 4) / pieceLength,
)

/**
 * The texts of envelopes, for one transaction. Each begins with the number of its envelope, since a transaction
 * drops a text that it has already, and with how many more its envelope has.
 */
export function broadcastTexts(envelopes: readonly Envelope[]): string[] {
  return envelopes.flatMap((envelope, number) => {
    const text = packed(envelope).toString('base64')
    const count = Math.ceil(text.length / pieceLength)
    return Array.from({ length: count }, (_, i) => {
      const piece = text.slice(i * pieceLength, (i + 1) * pieceLength)
      return `${number} ${count - 1 - i} ${piece}`
    })
  })
}

/** Puts texts together again. Those of a transaction come one after the other, and none between them. */
export class BroadcastReader {
  #pieces: string[] = []
  #left = 0

  /** The envelope that ends with a text; undefined when there is more to come, or the text is of no envelope. */
  take(text: string): Envelope | undefined {
    const [, rest = '', piece = ''] = /^\d+ (\d{1,4}) ([A-Za-z0-9+/=]+)$/.exec(text) ?? []
    const left = Number(rest)
    if (left !== this.#left - 1) this.#pieces = []
    this.#left = left
    if (left < maxPieces) this.#pieces.push(piece)
    if (left > 0) return undefined
    const whole = Buffer.from(this.#pieces.join(''), 'base64')
    this.#pieces = []
    return unpacked(whole)
  }
}

function packed({ contentTopic, timestampNs, message }: Envelope): Buffer {
  const topic = Buffer.from(contentTopic)
  const head = Buffer.alloc(headBytes)
  head.writeUInt16BE(topic.length)
  head.writeBigUInt64BE(timestampNs, 2)
  return Buffer.concat([head, topic, message])
}

// Whoever may use the database may notify: what comes is not what we have sent for certain.
function unpacked(bytes: Buffer): Envelope | undefined {
  const end = bytes.length < headBytes ? headBytes : headBytes + bytes.readUInt16BE()
  if (end > bytes.length) return undefined
  const envelope = {
    contentTopic: bytes.toString('utf8', headBytes, end),
    timestampNs: bytes.readBigUInt64BE(2),
    message: new Uint8Array(bytes.subarray(end)),
  }
  try {
    checkEnvelope(envelope)
    return envelope
  } catch {
    return undefined
  }
}
