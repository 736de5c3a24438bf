import { concatBytes, toUtf8 } from '@posthorn/bytes'
import type { Envelope } from './envelope.ts'

/**
 * Identity of an envelope's content: SHA-256(topic || message), 32 bytes. The timestamp is not in it:
 * the same bytes at another time are a second envelope with the same digest.
 */
export function envelopeDigest(
  envelope: Pick<Envelope, 'contentTopic' | 'message'>,
  sha256: (data: Uint8Array) => Uint8Array,
): Uint8Array {
  return sha256(concatBytes(toUtf8(envelope.contentTopic), envelope.message))
}
