// What strangers write between the messages of a conversation, which no reader may take for a message.

import type { SeededRandom } from '@posthorn/testing'

/** Bytes out of nothing, or a real message that is cut short or has one bit turned. */
export type Junk =
  | { readonly kind: 'random'; readonly bytes: Uint8Array }
  /** `share` is where, 0 to 1 of the message. */
  | { readonly kind: 'cut' | 'altered'; readonly share: number }

const junkShare = 0.08
const maxRandomBytes = 300
// What comes behind in a message of the second version is signed by nobody.
const maxAlteredShare = 0.6
const minShare = 0.05

/** Junk before every so manieth message. */
export function planJunk(random: SeededRandom): Junk | undefined {
  if (random.unit() >= junkShare) return undefined
  const [kind, share] = [random.unit(), random.unit()]
  // At least one: the published client sends nothing that is empty.
  if (kind < 0.4)
    return { kind: 'random', bytes: random.bytes(1 + Math.floor(share * maxRandomBytes)) }
  return { kind: kind < 0.7 ? 'cut' : 'altered', share: minShare + share * maxAlteredShare }
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
