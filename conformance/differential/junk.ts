// What strangers write between the messages of a conversation, which no reader may take for a message.

import type { SeededRandom } from '@posthorn/testing'

/** Bytes out of nothing, or a real message that is cut short or has one bit turned. */
export type Junk =
  | { readonly kind: 'random'; readonly bytes: Uint8Array }
  /** `share` is where, 0 to 1 of the message. */
  | { readonly kind: 'cut' | 'altered'; readonly share: number }

const junkShare = 0.08
const maxRandomBytes = 300
const [minShare, maxShare] = [0.05, 0.65]
// Where a message is sealed. Lengths and tags around it are signed by nobody: with one of them turned, both kinds
// of clients may still find the message, as they do when a stranger repeats it.
const [minAlteredShare, maxAlteredShare] = [0.3, 0.6]

/** Junk before every so manieth message. */
export function planJunk(random: SeededRandom): Junk | undefined {
  if (random.unit() >= junkShare) return undefined
  const [kind, share] = [random.unit(), random.unit()]
  // At least one: the published client sends nothing that is empty.
  if (kind < 0.4)
    return { kind: 'random', bytes: random.bytes(1 + Math.floor(share * maxRandomBytes)) }
  if (kind < 0.7) return { kind: 'cut', share: minShare + share * (maxShare - minShare) }
  return { kind: 'altered', share: minAlteredShare + share * (maxAlteredShare - minAlteredShare) }
}

/** The bytes to be written; `real` is a message of the conversation. */
export function junkBytes(junk: Junk, real: Uint8Array): Uint8Array {
  if (junk.kind === 'random') return junk.bytes
  const position = Math.floor(junk.share * real.length)
  if (junk.kind === 'cut') return real.slice(0, position)
  return real.map((byte, index) => (index === position ? byte ^ 1 : byte))
}

/** The oldest message on a topic, as it lies on the node. */
export async function oldestMessage(url: string, topic: string): Promise<Uint8Array> {
  const answer = await fetch(`${url}/message/v1/query`, {
    method: 'POST',
    body: JSON.stringify({
      contentTopics: [topic],
      pagingInfo: { limit: 1, direction: 'SORT_DIRECTION_ASCENDING' },
    }),
  })
  const { envelopes } = (await answer.json()) as { envelopes: { message: string }[] }
  return new Uint8Array(Buffer.from(envelopes[0]?.message ?? '', 'base64'))
}
