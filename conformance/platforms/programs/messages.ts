// Two wallets write to each other, and the connection breaks in between.

import type { Client, Message, Stream, StreamState } from '@posthorn/client'
import { expectEqual, type Result, resultOf } from './report.ts'

/** What the story needs. */
export type MessagesOptions = {
  /** A client of the account of this private key. */
  connect(privateKey: Uint8Array): Promise<Client>
  randomBytes(lengthBytes: number): Uint8Array
  /** Breaks every connection; what connects afterwards is let through. */
  cut(): Promise<void>
}

const large = 'x'.repeat(100_000)

/** Tells the story; each part stands on the one before. */
export async function exchangeMessages(options: MessagesOptions): Promise<Result[]> {
  const { connect, cut, randomBytes } = options
  const aliceKey = randomBytes(32)
  const states: StreamState['kind'][] = []
  let onLive = (): void => undefined
  let alice: Client | undefined
  let stream: Stream<Message> | undefined
  let bobAddress = ''
  const results = [
    await resultOf('two new wallets join with two prompts each', async () => {
      alice = await connect(aliceKey)
      const bob = await connect(randomBytes(32))
      bobAddress = bob.address
      expectEqual([alice.promptCount, bob.promptCount], [2, 2], 'prompts')
      const onStateChange = ({ kind }: StreamState): void => {
        states.push(kind)
        if (kind === 'live') onLive()
      }
      stream = await bob.streamAllMessages({ onStateChange })
    }),
    await resultOf('a stream brings what the other one writes', async () => {
      const chat = await present(alice).newConversation(bobAddress)
      for (const text of ['gm', 'Grüße ☀️', large]) await chat.send(text)
      expectEqual(await take(stream, 3), ['gm', 'Grüße ☀️', large], 'contents')
    }),
    await resultOf('a stream goes on where its connection broke', async () => {
      const live = new Promise<void>((resolve) => {
        onLive = resolve
      })
      await cut()
      const chat = await present(alice).newConversation(bobAddress)
      for (const text of ['while it was broken', 'and after']) await chat.send(text)
      expectEqual(await take(stream, 2), ['while it was broken', 'and after'], 'contents')
      // What was missed may come before the stream is live; that it is, it tells whoever waits for more.
      const more = take(stream, 1)
      await live
      await chat.send('and live')
      expectEqual(await more, ['and live'], 'contents')
      expectEqual(states, ['live', 'reconnecting', 'live'], 'states of the stream')
    }),
    await resultOf('a second device finds conversation and history with one prompt', async () => {
      const again = await connect(aliceKey)
      expectEqual(again.promptCount, 1, 'prompts')
      const [chat] = await again.conversations()
      expectEqual(chat?.peerAddress, bobAddress, 'peer')
      const contents = ((await chat?.messages()) ?? []).map(contentOf)
      const wanted = ['gm', 'Grüße ☀️', large, 'while it was broken', 'and after', 'and live']
      expectEqual(contents, wanted, 'history')
    }),
    await resultOf('a stream can be left', async () => {
      await stream?.return?.()
    }),
  ]
  return results
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('a part before this one failed')
  return value
}

async function take(stream: Stream<Message> | undefined, count: number): Promise<unknown[]> {
  const contents: unknown[] = []
  while (contents.length < count) {
    const { done, value } = await present(stream).next()
    if (done) break
    contents.push(contentOf(value))
  }
  return contents
}

function contentOf(message: Message): unknown {
  return message.kind === 'message' ? message.content : message.code
}
