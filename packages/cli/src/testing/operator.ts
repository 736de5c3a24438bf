// What an operator has at hand: commands, nodes as processes of their own, and programs that write to nodes.

import { createJsonTransport, type Transport } from '@posthorn/transport'
// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs nodes by this brings its runner
import { expect } from 'vitest'
import { posthorn as runPosthorn, start } from './posthorn-process.ts'

/** Runs a command; its JSON results, one a line, and how it ended. */
export async function posthorn(...args: readonly string[]): Promise<Answer> {
  const { exitCode, stdout, stderr } = await runPosthorn([...args, '--json'])
  const documents = stdout.trim() === '' ? [] : stdout.trim().split('\n').map(parse)
  return { exitCode, stderr, documents, document: documents[0] ?? parse(stderr) }
}

/** What a command said. */
export type Answer = {
  readonly exitCode: number | null
  readonly stderr: string
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of each
  readonly documents: readonly any[]
  /** The first, or the error. */
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of each
  readonly document: any
}

/** A line of JSON. */
// biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of each
export const parse = (text: string): any => JSON.parse(text)

/** A node in a process of its own. */
export type Node = AsyncDisposable & {
  readonly url: string
  readonly adminUrl: string
  readonly data: string
  readonly transport: Transport
  signal(name: NodeJS.Signals): void
  /** Lines that it has logged so far. */
  log(): string
  /** How it ended. */
  readonly exitCode: Promise<number | null>
  /** Tells it to stop, and waits until it has stopped well. */
  stop(): Promise<void>
}

/** Starts a node whose folder is `data`. */
export async function startNode(data: string, ...flags: readonly string[]): Promise<Node> {
  const port = flags.includes('--api-port') ? [] : ['--api-port', '0']
  const running = start(['up', '--data', data, '--log', 'json', ...port, ...flags])
  let log = ''
  running.process.stderr.on('data', (text: string) => {
    log += text
  })
  const { api, admin } = parse(await running.nextLine())
  const exitCode = running.finished.then((finished) => finished.exitCode)
  return {
    url: api[0],
    adminUrl: admin,
    data,
    transport: createJsonTransport({ url: api[0], timers: { sleep } }),
    signal: (name) => void running.process.kill(name),
    log: () => log,
    exitCode,
    stop: async () => {
      running.process.kill('SIGTERM')
      expect(await exitCode).toBe(0)
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  }
}

/** A pause that a signal ends. */
export function sleep(
  delayMs: number,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, delayMs)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

/** One program that publishes texts, one after the other, each until a node has taken it. */
export type Writer = {
  readonly topic: string
  /** The texts that were acknowledged, in order. */
  readonly acknowledged: readonly string[]
  /** Goes on with another node. */
  use(node: Node): void
  /** Resolves when the text at hand has been taken. */
  stop(): Promise<void>
}

/** Starts to write to a node. */
export function startWriter(topic: string, first: Node): Writer {
  let node = first
  let isStopped = false
  const acknowledged: string[] = []
  const publish = async (number: number): Promise<void> => {
    const message = new TextEncoder().encode(`${topic} ${number}`)
    const envelope = { contentTopic: topic, timestampNs: BigInt(number), message }
    for (let isTaken = false; !isTaken; ) {
      isTaken = await node.transport.publish([envelope]).then(
        () => true,
        () => sleep(20).then(() => false),
      )
    }
    acknowledged.push(`${topic} ${number}`)
  }
  const write = async (): Promise<void> => {
    for (let number = 1; !isStopped; number++) await publish(number)
  }
  const written = write()
  return {
    topic,
    acknowledged,
    use: (next) => {
      node = next
    },
    stop: () => {
      isStopped = true
      return written
    },
  }
}

/** All texts of a topic, oldest first. */
export async function textsOf({ transport }: Node, topic: string): Promise<readonly string[]> {
  const texts: string[] = []
  let request: Parameters<Transport['query']>[0] | undefined = {
    topics: [topic],
    direction: 'ascending',
  }
  while (request !== undefined) {
    const { envelopes, nextCursor }: Awaited<ReturnType<Transport['query']>> =
      await transport.query(request)
    for (const { message } of envelopes) texts.push(new TextDecoder().decode(message))
    request = nextCursor && { ...request, cursor: nextCursor }
  }
  return texts
}

/** Somebody who follows topics. */
export type Listener = {
  readonly texts: readonly string[]
  /** Why the stream ended; undefined when it ended well. */
  readonly ended: Promise<unknown>
  cancel(): void
}

/** Follows topics from now on; resolves when the node has confirmed. */
export async function listen(
  { transport }: Node,
  topics: readonly string[],
  onMark?: () => void,
): Promise<Listener> {
  const texts: string[] = []
  const leaving = new AbortController()
  const opened = Promise.withResolvers<void>()
  const follow = async (): Promise<void> => {
    const options = { signal: leaving.signal, onOpen: () => opened.resolve(), onMark }
    for await (const { message } of transport.subscribe(topics, options)) {
      texts.push(new TextDecoder().decode(message))
    }
  }
  const ended = follow().then(
    () => undefined,
    (error: unknown) => error,
  )
  await Promise.race([opened.promise, ended])
  return { texts, ended, cancel: () => leaving.abort() }
}
