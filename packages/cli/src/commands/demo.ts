import { setTimeout } from 'node:timers/promises'
import { toHex } from '@posthorn/bytes'
import { type Client, createClient, type Message, type Stream } from '@posthorn/client'
import { type Crypto, generatePrivateKey, loadCrypto } from '@posthorn/crypto'
import type { Envelope } from '@posthorn/envelope'
import { TransportError } from '@posthorn/errors'
import { parseConfig, startNode } from '@posthorn/node'
import { createJsonTransport } from '@posthorn/transport'
import type { DeclareCommand } from '../command.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../failure.ts'
import { listenForInterruption } from '../interruption.ts'
import { createTemporaryFolder } from '../temporary-folder.ts'

/** `posthorn demo`: two wallets that talk through a node of their own; nothing of it is left. */
export const declareDemo: DeclareCommand = (command, run) => {
  command.action(() => run(demo))
}

type Stage = {
  readonly url: string
  readonly crypto: Crypto
  readonly signal: AbortSignal
  /** Tells one step, and leaves a person the time to read it. */
  readonly tell: (step: Step) => Promise<void>
}

type Step = {
  readonly step: string
  readonly text: string
  readonly details?: readonly string[]
  readonly facts: Readonly<Record<string, unknown>>
}

const readingMs = 700
const maxMs = 10_000
const shownBytes = 24

async function demo(context: Context): Promise<number> {
  const { output } = context
  const startedMs = performance.now()
  using interruption = listenForInterruption()
  const signal = AbortSignal.any([interruption.signal, AbortSignal.timeout(maxMs)])
  const tell = teller(context, interruption.signal)
  try {
    await onTemporaryNode(tell, signal)
  } catch (error) {
    if (interruption.signal.aborted) return exitCodes.interrupted
    throw error
  }
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
  output.result(
    { step: 'done', seconds: Number(seconds) },
    `\n${output.style.good('✓')} Done in ${seconds} s. The node has stopped and its folder is deleted.`,
  )
  return exitCodes.ok
}

function teller({ output, canAsk }: Context, signal: AbortSignal): Stage['tell'] {
  const { bold, dim } = output.style
  let number = 0
  return async ({ step, text, details = [], facts }) => {
    number += 1
    const lines = details.map((detail) => `   ${dim(detail)}`)
    output.result({ step, ...facts }, [`${bold(`${number}.`)} ${text}`, ...lines].join('\n'))
    if (canAsk) await setTimeout(readingMs, undefined, { signal }).catch(() => {})
  }
}

async function onTemporaryNode(tell: Stage['tell'], signal: AbortSignal): Promise<void> {
  await using folder = await createTemporaryFolder()
  const flags = { 'api-port': '0', data: folder.path, 'grace-ms': '500' }
  await using node = await startNode(parseConfig({ flags }))
  const url = node.apiUrls[0] ?? ''
  await tell({
    step: 'node',
    text: `A node starts at ${url}.`,
    details: [`It keeps messages in ${folder.path}; no account, no key, no container.`],
    facts: { url, data: folder.path },
  })
  await talk({ url, crypto: await loadCrypto(), signal, tell })
}

async function talk(stage: Stage): Promise<void> {
  const aliceKey = generatePrivateKey(stage.crypto)
  await using alice = await join(stage, aliceKey)
  await using bob = await join(stage, generatePrivateKey(stage.crypto))
  await stage.tell({
    step: 'wallets',
    text: 'Two wallets join; each signs two texts, once in its life.',
    details: [`Alice  ${alice.address}`, `Bob    ${bob.address}`],
    facts: { alice: alice.address, bob: bob.address, promptsEach: alice.promptCount },
  })
  await exchange(stage, alice, bob)
  await showPortableInbox(stage, aliceKey, bob.address)
}

async function exchange(stage: Stage, alice: Client, bob: Client): Promise<void> {
  const { signal } = stage
  await using bobsMail = await bob.streamAllMessages({ signal })
  await using alicesMail = await alice.streamAllMessages({ signal })
  const conversation = await alice.newConversation(bob.address, { signal })
  await conversation.send('Hello Bob, only you can read this.', { signal })
  const greeting = await nextFrom(bobsMail, alice.address)
  await tellMessage(stage, 'Alice → Bob', greeting)
  await showWhatTheNodeSees(stage, conversation.topic)
  await greeting.conversation.send('So it is. Good to hear from you, Alice.', { signal })
  await tellMessage(stage, 'Bob → Alice', await nextFrom(alicesMail, bob.address))
}

async function showWhatTheNodeSees(stage: Stage, topic: string): Promise<void> {
  const envelope = await newestAt(stage, topic)
  const { message, contentTopic } = envelope
  await stage.tell({
    step: 'node-sees',
    text: 'This is all that the node has of it. It cannot decrypt.',
    details: [
      `topic    ${contentTopic}`,
      `message  ${toHex(message.subarray(0, shownBytes))}… (${message.length} bytes)`,
    ],
    facts: { topic: contentTopic, sizeBytes: message.length },
  })
}

async function showPortableInbox(stage: Stage, walletKey: Uint8Array, peer: string): Promise<void> {
  const { url, crypto, signal } = stage
  await using again = await createClient(walletKey, { url, crypto, signal })
  const conversation = await again.conversationWith(peer)
  const messages = (await conversation?.messages({ signal })) ?? []
  await stage.tell({
    step: 'portable-inbox',
    text: `Alice opens another client, empty: one signature, and ${messages.length} messages are there.`,
    details: messages.map(({ content }) => `“${String(content)}”`),
    facts: { prompts: again.promptCount, messages: messages.map(({ content }) => content) },
  })
}

function join({ url, crypto, signal }: Stage, privateKey: Uint8Array): Promise<Client> {
  return createClient(privateKey, { url, crypto, signal })
}

async function tellMessage(stage: Stage, who: string, { content }: Message): Promise<void> {
  const text = `${who}  “${String(content)}”`
  await stage.tell({ step: 'message', text, facts: { who, content } })
}

// Streams carry our own messages too.
async function nextFrom(mail: Stream<Message>, sender: string): Promise<Message> {
  for (;;) {
    const { done, value } = await mail.next()
    if (done) throw new TransportError('cli/demo-stalled', 'Run demo: a message did not arrive')
    if (value.senderAddress === sender) return value
  }
}

async function newestAt({ url, signal }: Stage, topic: string): Promise<Envelope> {
  await using transport = createJsonTransport({ url })
  const request = { topics: [topic], limit: 1, direction: 'descending' } as const
  const { envelopes } = await transport.query(request, { signal })
  const [newest] = envelopes
  if (newest !== undefined) return newest
  throw new TransportError('cli/demo-stalled', 'Run demo: the node has not kept a message')
}
