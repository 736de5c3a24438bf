// Sending what was planned, and saying what every reader has to make of it.

import { type EncodedContent, formatContentType } from '@posthorn/content'
import { withoutEmptyInbox } from '../content-types/javascript.ts'
import { forPeer, plain } from '../content-types/peers.ts'
import { type Parties, publishedCodec, sendOurs, sendPublished } from './parties.ts'
import type { Plan, PlannedMessage } from './plan.ts'
import type { View } from './view.ts'

/** A message that was sent, and what every reader has to make of it. */
export type Sent = { readonly planned: PlannedMessage; readonly wanted: View }

/** Sends the messages of a plan but the first, one after another. */
export async function sendAll(parties: Parties, plan: Plan): Promise<Sent[]> {
  const { ours, published, addresses } = parties
  const sent: Sent[] = []
  for (const planned of plan.messages.slice(1)) {
    if (planned.junk) await parties.disturb(planned.junk, planned.isEphemeral)
    const { id, sentMs } =
      planned.by === 'ours'
        ? await sendOurs(ours, planned)
        : await sendPublished(published, planned)
    const sender = addresses[planned.by]
    const at = planned.timestamp?.getTime() ?? sentMs
    const { version } = plan
    sent.push({ planned, wanted: { id, sender, sentMs: at, version, ...wantedContent(planned) } })
  }
  return sent
}

function wantedContent(message: PlannedMessage): Pick<View, 'type' | 'content' | 'fallback'> {
  const codec = publishedCodec(message)
  if (codec === undefined) {
    const { type, fallback } = message.content as EncodedContent
    return { type: formatContentType(type), content: undefined, fallback }
  }
  return {
    type: formatContentType(codec.contentType),
    content: plain(asRead(message.content)),
    // The published package leaves an empty fallback away.
    fallback: codec.fallback(forPeer(message.content)) || undefined,
  }
}

// Halves of characters become U+FFFD in UTF-8.
function asRead(content: unknown): unknown {
  return typeof content === 'string' ? content.toWellFormed() : withoutEmptyInbox(content)
}
