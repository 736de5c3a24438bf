import { once } from 'node:events'
import { createServer, type Http2Server, type ServerHttp2Session } from 'node:http2'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { createVirtualClock } from '@posthorn/testing'
import { afterEach, expect, test } from 'vitest'
import { callHeaders, endHeaders, frameType, opening, rawFrame } from '../contract/raw-http2.ts'
import { type WatchedSession, watchHeaders } from './header-watch.ts'

const endStream = 1
const lookMs = 50
let server: Http2Server | undefined
let socket: Socket | undefined
afterEach(() => {
  socket?.destroy()
  server?.close()
})

// A server that begins every call that becomes one, and a connection to it that has sent `frames`.
async function serverWith(frames: readonly Buffer[]) {
  const sessions = new Map<ServerHttp2Session, WatchedSession>()
  const started = createServer({ maxHeaderListPairs: 64 })
  server = started.listen(0)
  await once(started, 'listening')
  started.on('session', (session) => {
    session.on('error', () => {})
    sessions.set(session, { begun: 0, knownBytes: 0 })
    session.on('stream', (stream) => {
      const watched = sessions.get(session)
      if (watched !== undefined) watched.begun++
      stream.on('error', () => {})
      stream.resume()
    })
  })
  const sent = Buffer.concat([opening, ...frames])
  socket = connect((started.address() as AddressInfo).port).resume()
  socket.on('error', () => {})
  socket.write(sent)
  const bytesRead = () => [...sessions.keys()][0]?.socket.bytesRead
  await expect.poll(bytesRead).toBe(sent.length)
  return sessions
}

// How many sessions are found when the loop goes on after so long.
function foundAfter(sessions: ReadonlyMap<ServerHttp2Session, WatchedSession>, timeMs: number) {
  const found = new Set<ServerHttp2Session>()
  let nowMs = 0
  const look: { run?: () => void } = {}
  const clock = {
    ...createVirtualClock(),
    monotonicMs: () => nowMs,
    every: (_periodMs: number, run: () => void) => {
      look.run = run
      return { cancel: () => {} }
    },
  }
  using _watch = watchHeaders(sessions, clock, (session) => found.add(session))
  nowMs += timeMs
  look.run?.()
  return found.size
}

const call = callHeaders('Query')
const bomb = Buffer.concat([call, Buffer.alloc(10_000, 0x82)])
const headers = (payload: Buffer, count: number, flags = endHeaders): Buffer[] =>
  Array.from({ length: count }, (_, n) =>
    rawFrame({ type: frameType.headers, flags, stream: 2 * n + 1, payload }),
  )

test('finds a session whose headers become no calls once the loop was late', async () => {
  const sessions = await serverWith(headers(bomb, 17))
  expect(foundAfter(sessions, lookMs + 30)).toBe(1)
})

test('does not look while the loop is in time', async () => {
  const sessions = await serverWith(headers(bomb, 17))
  expect(foundAfter(sessions, lookMs + 10)).toBe(0)
})

test('leaves a few mistakes alone', async () => {
  const sessions = await serverWith(headers(bomb, 16))
  expect(foundAfter(sessions, 1_000)).toBe(0)
})

test('leaves a session alone that brings many calls', async () => {
  const calls = await serverWith(headers(call, 2_000, endHeaders | endStream))
  expect(foundAfter(calls, 1_000)).toBe(0)
})
