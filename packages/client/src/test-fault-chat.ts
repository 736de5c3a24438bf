// People who write and read over lines that fail, and what is to be said of it afterwards.

import { isRetryable } from '@posthorn/transport'
import type { Client } from './client.ts'
import type { Conversation, Message } from './conversation.ts'
import type { StreamState } from './follow.ts'
import type { Stream } from './stream.ts'
import type { Silence } from './test-fault-proxy.ts'

/** What one person wrote. */
export type Written = {
  /** Acknowledged, in the order of the acknowledgements; each was sent until then. */
  readonly sent: string[]
  /** Sent once, and the answer was trouble: in the node or not. */
  readonly doubtful: string[]
  /** How often a sending was answered with trouble. */
  refusals: number
}

const messagesPerConversation = 40
const pauseMs = 15

/** Writes to the peer, a new conversation now and then, until told to stop. */
export async function keepWriting(
  client: Client,
  peer: string,
  options: { readonly name: string; readonly stop: AbortSignal },
): Promise<Written> {
  const { name, stop } = options
  const written: Written = { sent: [], doubtful: [], refusals: 0 }
  const onRefusal = (): void => {
    written.refusals += 1
  }
  let chat: Conversation | undefined
  for (let n = 0; !stop.aborted; n++) {
    if (chat === undefined || n % messagesPerConversation === 0) {
      const conversationId = `example.org/${name}/${n}`
      chat = await persist(() => client.newConversation(peer, { conversationId }), onRefusal)
    }
    const text = `${name} ${n}`
    // What is prepared once may be sent again and again; what is not is left to its fate.
    if (n % 5 === 4) await chat.send(text).then(() => written.sent.push(text), doubt(written, text))
    else {
      const prepared = await chat.prepare(text)
      await persist(() => prepared.send(), onRefusal)
      written.sent.push(text)
    }
    await pause(pauseMs)
  }
  return written
}

function doubt(written: Written, text: string): (error: unknown) => void {
  return (error) => {
    if (!isRetryable(error)) throw error
    written.refusals += 1
    written.doubtful.push(text)
  }
}

// Refusals that are not trouble on the way fail the test.
async function persist<T>(work: () => Promise<T>, onRefusal: () => void): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isRetryable(error)) throw error
      onRefusal()
      await pause(pauseMs)
    }
  }
}

/** One stream: what came, and when it was said to be live. */
export type Reading = {
  readonly texts: readonly string[]
  /** By conversation, in the order of arrival. */
  readonly byTopic: ReadonlyMap<string, readonly string[]>
  readonly states: readonly { readonly kind: StreamState['kind']; readonly atMs: number }[]
  /** Codes of what could not be read. */
  readonly undecodable: readonly string[]
  close(): Promise<void>
}

type Opener = (options: {
  readonly onStateChange: (state: StreamState) => void
}) => Promise<Stream<Message>>

/** Opens a stream and reads it until it is closed. */
export async function keepReading(open: Opener): Promise<Reading> {
  const texts: string[] = []
  const byTopic = new Map<string, string[]>()
  const states: { kind: StreamState['kind']; atMs: number }[] = []
  const undecodable: string[] = []
  const stream = await open({
    onStateChange: ({ kind }) => states.push({ kind, atMs: performance.now() }),
  })
  const note = (topic: string, text: string): void => {
    texts.push(text)
    byTopic.set(topic, [...(byTopic.get(topic) ?? []), text])
  }
  const done = (async () => {
    for await (const message of stream) {
      if (message.kind === 'undecodable') undecodable.push(message.code)
      else note(message.conversation.topic, String(message.content))
    }
  })()
  const close = async (): Promise<void> => {
    await stream.return?.()
    await done
  }
  return { texts, byTopic, states, undecodable, close }
}

/** What is wrong with what came, in view of what was written; all lists are empty when nothing is. */
export type Faults = {
  readonly lost: readonly string[]
  readonly doubled: readonly string[]
  /** Texts that came before an earlier one of the same writer and conversation. */
  readonly misplaced: readonly string[]
  readonly invented: readonly string[]
}

/** Compares. */
export function faultsOf({ texts, byTopic }: Reading, writers: readonly Written[]): Faults {
  const came = new Set(texts)
  const sent = writers.flatMap((written) => written.sent)
  const possible = new Set([...sent, ...writers.flatMap((written) => written.doubtful)])
  return {
    lost: sent.filter((text) => !came.has(text)),
    doubled: texts.filter((text, index) => texts.indexOf(text) !== index),
    misplaced: [...byTopic.values()].flatMap(misplacedIn),
    invented: [...came].filter((text) => !possible.has(text)),
  }
}

function misplacedIn(texts: readonly string[]): string[] {
  const last = new Map<string, number>()
  return texts.filter((text) => {
    const [name = '', number = ''] = text.split(' ')
    const isLate = Number(number) < (last.get(name) ?? -1)
    last.set(name, Number(number))
    return isLate
  })
}

/** Longest time that a stream called itself live while nothing could pass, in milliseconds. */
export function longestLieMs({ states }: Reading, silences: readonly Silence[]): number {
  const endMs = performance.now()
  const lives = states.flatMap(({ kind, atMs }, index) =>
    kind === 'live' ? [{ startMs: atMs, endMs: states[index + 1]?.atMs ?? endMs }] : [],
  )
  const overlaps = silences.flatMap((silence) =>
    lives.map((live) => {
      const overlapMs =
        Math.min(live.endMs, silence.endMs) - Math.max(live.startMs, silence.startMs)
      return Math.max(0, overlapMs)
    }),
  )
  return Math.max(0, ...overlaps)
}

/** Whether the last that was said is that the stream is live. */
export function isLive({ states }: Reading): boolean {
  return states.at(-1)?.kind === 'live'
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs))
}
