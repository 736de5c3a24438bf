import { typingCodec, typingType } from '@posthorn/content'
import { loadCrypto } from '@posthorn/crypto'
import { expect, test } from 'vitest'
import type { Clock } from '../clock.ts'
import { clock, createWorld, wallet } from '../test-world.ts'
import type { TypingNotice } from './inbox.ts'
import { inboxOf, messagesOf, settled, until } from './test-inbox.ts'

const crypto = await loadCrypto()
const typing = { contentType: typingType, ephemeral: true }

async function scene(theirClock: Clock = clock) {
  const world = createWorld()
  const alice = await world.open(wallet(), { crypto, codecs: [typingCodec] as never[] })
  const bob = await world.open(wallet(), { crypto, clock: theirClock })
  const chat = await alice.newConversation(bob.address)
  const inbox = await inboxOf(bob)
  const notices: TypingNotice[] = []
  void (async () => {
    for await (const notice of inbox.typing()) notices.push(notice)
  })()
  await until(inbox, 'live')
  return { world, alice, bob, chat, inbox, notices }
}

// Sleeps of this length end when told, others soon.
function heldClock(heldMs: number): Clock & { release: () => void } {
  let release = (): void => undefined
  return {
    ...clock,
    release: () => release(),
    sleep: (delayMs, options) =>
      delayMs === heldMs
        ? new Promise((resolve) => {
            release = resolve
            options?.signal?.addEventListener('abort', () => resolve())
          })
        : clock.sleep(delayMs, options),
  }
}

test('typing is told while it happens, ends with a message, and is not stored', async () => {
  const { chat, inbox, notices, alice } = await scene(heldClock(10_000))
  await chat.send({ isTyping: true }, typing)
  await settled(async () => notices.length === 1)
  await chat.send({ isTyping: true }, typing)
  await chat.send('done')
  await settled(async () => notices.length === 2)
  const about = { topic: chat.topic, senderAddress: alice.address }
  expect(notices).toEqual([
    { ...about, isTyping: true },
    { ...about, isTyping: false },
  ])
  expect((await messagesOf(inbox, chat.topic)).map(({ content }) => content)).toEqual(['done'])
  await inbox[Symbol.asyncDispose]()
})

test('typing lapses when its end gets lost', async () => {
  const held = heldClock(10_000)
  const { chat, inbox, notices } = await scene(held)
  await chat.send({ isTyping: true }, typing)
  await settled(async () => notices.length === 1)
  held.release()
  await settled(async () => notices.length === 2)
  expect(notices.map(({ isTyping }) => isTyping)).toEqual([true, false])
  await inbox[Symbol.asyncDispose]()
})

test('own notices and those of an hour ago are nobody typing', async () => {
  const { chat, inbox, notices, bob } = await scene()
  await chat.send({ isTyping: true }, { ...typing, timestamp: new Date(clock.nowMs() - 3_600_000) })
  await inbox.send(chat.topic, { isTyping: true }, { contentType: typingType })
  await chat.send('read this first')
  await settled(async () => (await messagesOf(inbox, chat.topic)).length === 1)
  expect(notices).toEqual([])
  expect(bob.address).toBeDefined()
  await inbox[Symbol.asyncDispose]()
})
