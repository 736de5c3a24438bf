// Who is typing: notices that nobody keeps, and that lapse when their end gets lost.

import { nsToMs } from '@posthorn/bytes'
import { contentOf, decodeContent, typingCodec } from '@posthorn/content'
import type { LocalMessage } from '@posthorn/local-store'
import type { Envelope } from '@posthorn/transport'
import type { Clock } from '../clock.ts'
import type { StoreBook } from './book-of-store.ts'
import { type Broadcast, createBroadcast } from './broadcast.ts'
import type { TypingNotice } from './inbox.ts'
import { type MessageReader, openIn } from './local-message.ts'

/** What telling of typing needs. */
export type TypingParts = {
  readonly reader: MessageReader
  readonly clock: Clock
  readonly book: StoreBook
}

/** Tells who is typing. */
export type TypingTeller = Pick<Broadcast<TypingNotice>, 'read'> & {
  /** Takes an envelope of an ephemeral topic; whatever it is not is passed over. */
  hear(envelope: Envelope): void
  /** Whoever has written has stopped typing. */
  heard(messages: readonly LocalMessage[]): void
  end(): void
}

// Writers repeat themselves every few seconds.
const lapseMs = 10_000
// Anybody can play a notice again later.
const maxAgeMs = 60_000

/** Creates a teller. */
export function createTypingTeller({ reader, clock, book }: TypingParts): TypingTeller {
  const broadcast = createBroadcast<TypingNotice>((each) => each.topic)
  const lapsing = new Map<string, AbortController>()

  function tell(notice: TypingNotice): void {
    const before = lapsing.get(notice.topic)
    lapsing.delete(notice.topic)
    before?.abort()
    if (notice.isTyping) void lapse(notice)
    if (notice.isTyping ? before === undefined : before !== undefined) broadcast.tell(notice)
  }

  async function lapse(notice: TypingNotice): Promise<void> {
    const cancel = new AbortController()
    lapsing.set(notice.topic, cancel)
    await clock.sleep(lapseMs, { signal: cancel.signal })
    if (lapsing.get(notice.topic) === cancel) tell({ ...notice, isTyping: false })
  }

  async function take(envelope: Envelope): Promise<void> {
    const topic = conversationTopicOf(envelope.contentTopic)
    const known = book.get(topic)
    if (known === undefined) return
    const { senderAddress, sentNs, content } = await openIn(reader, known.data, envelope.message)
    if (senderAddress !== known.data.peerAddress) return
    if (Math.abs(clock.nowMs() - nsToMs(sentNs)) > maxAgeMs) return
    const incoming = await decodeContent(reader.registry, content, reader.decoding)
    if (incoming.kind !== 'decoded') return
    const typing = contentOf(typingCodec, incoming)
    if (typing !== undefined) tell({ topic, senderAddress, isTyping: typing.isTyping === true })
  }

  return {
    read: broadcast.read,
    hear: (envelope) => {
      // Junk, or a keystore that was closed meanwhile: there is nobody to tell.
      take(envelope).catch(() => undefined)
    },
    heard: (messages) => {
      for (const { topic, senderAddress, isOwn } of messages) {
        if (senderAddress === undefined || isOwn) continue
        if (lapsing.has(topic)) tell({ topic, senderAddress, isTyping: false })
      }
    },
    end: () => {
      for (const cancel of lapsing.values()) cancel.abort()
      lapsing.clear()
      broadcast.end()
    },
  }
}

function conversationTopicOf(contentTopic: string): string {
  return contentTopic.replace(/^(\/xmtp\/0\/d?m)E-/, '$1-')
}
