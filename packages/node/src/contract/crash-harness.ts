// Kills a node while many clients publish, starts it again and looks for everything it acknowledged.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SortDirection } from '@posthorn/wire'
import { createGrpcClient, type GrpcClient } from './grpc-client.ts'

/** How a round of publishing goes. */
export type CrashRound = {
  /** Sender's time of the first envelope; each later one is one more. */
  readonly first: number
  readonly publishes: number
  /** Length of each message. Long ones keep the disk busy, so that an early answer would show. */
  readonly messageBytes: number
  /** The node is killed once it acknowledged so many. */
  readonly killAfterAcks: number
  /** Makes the node faulty: it answers before the disk has what it answers for. */
  readonly fault?: 'ack-early' | undefined
}

/** A round, and what was found when its node started. */
export type RoundOutcome = {
  /** Numbers acknowledged. */
  readonly acked: readonly number[]
  /** Numbers from `lookFrom` on that the node had when it started. */
  readonly found: ReadonlySet<number>
  /** From starting the process to its answering. */
  readonly startMs: number
}

const topics = 10

function topicOf(number: number): string {
  return `/xmtp/0/m-${number % topics}/proto`
}

/** Starts a node in a directory, publishes all at once, kills it, and gives the acknowledged numbers. */
export async function publishAndKill(directory: string, round: CrashRound): Promise<number[]> {
  const { child, url } = await startChild(directory, round.fault)
  return publishTo(child, url, round)
}

/** As {@link publishAndKill}, but first looks for everything from a number on. */
export async function lookPublishAndKill(
  directory: string,
  lookFrom: number,
  round: CrashRound,
): Promise<RoundOutcome> {
  const startedAt = performance.now()
  const { child, url } = await startChild(directory, round.fault)
  const startMs = performance.now() - startedAt
  const found = await numbersIn(url, lookFrom)
  return { found, startMs, acked: await publishTo(child, url, round) }
}

async function publishTo(child: ChildProcess, url: string, round: CrashRound): Promise<number[]> {
  const clients = Array.from({ length: 8 }, () => createGrpcClient(url))
  const acked: number[] = []
  const publish = async (client: GrpcClient, number: number): Promise<void> => {
    const message = Buffer.from(String(number).padEnd(round.messageBytes, '.'))
    const envelope = { contentTopic: topicOf(number), timestampNs: BigInt(number), message }
    const { status } = await client.publish([envelope])
    if (status === 0) acked.push(number)
    if (acked.length >= round.killAfterAcks) child.kill('SIGKILL')
  }
  const publishing = clients.flatMap((client, index) =>
    Array.from({ length: round.publishes / clients.length }, (_, count) =>
      publish(client, round.first + count * clients.length + index),
    ),
  )
  await Promise.all(publishing)
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  await closed(child)
  for (const client of clients) client.close()
  return acked
}

/** Starts a node in a directory and gives the numbers of everything it has from `first` on. */
export async function readAll(directory: string, first: number): Promise<ReadonlySet<number>> {
  const { child, url } = await startChild(directory)
  const numbers = await numbersIn(url, first)
  child.kill('SIGKILL')
  await closed(child)
  return numbers
}

async function numbersIn(url: string, first: number): Promise<ReadonlySet<number>> {
  const client = createGrpcClient(url)
  const numbers = new Set<number>()
  for (let index = 0; index < topics; index++) {
    for await (const number of numbersOf(client, topicOf(index), first)) numbers.add(number)
  }
  client.close()
  return numbers
}

async function* numbersOf(
  client: GrpcClient,
  topic: string,
  first: number,
): AsyncGenerator<number> {
  let cursor: NonNullable<
    NonNullable<Awaited<ReturnType<GrpcClient['query']>>['reply']>['pagingInfo']
  >['cursor']
  do {
    const direction = SortDirection.SORT_DIRECTION_ASCENDING
    const { reply, status, code } = await client.query({
      contentTopics: [topic],
      startTimeNs: BigInt(first),
      pagingInfo: { limit: 100, cursor, direction },
    })
    // Otherwise what could not be read would look like what was lost.
    if (reply === undefined) throw new Error(`query: status ${status}, ${code}`)
    for (const { message } of reply.envelopes) yield Number.parseInt(String(message), 10)
    cursor = reply.pagingInfo?.cursor
  } while (cursor !== undefined)
}

async function startChild(
  directory: string,
  fault = 'none',
): Promise<{ child: ChildProcess; url: string }> {
  const program = fileURLToPath(import.meta.resolve('./crash-child.ts'))
  const child = spawn(process.execPath, [program, directory, fault], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: join(directory, 'compiled') },
  })
  const [line] = await once(child.stdout, 'data')
  const { api } = JSON.parse(String(line))
  return { child, url: api[0] }
}

async function closed(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}
