// Where an attack goes, and connections to it from an address of the attacker's own.

import { once } from 'node:events'
import { request } from 'node:http'
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2'
import { connect, type Socket } from 'node:net'

/** A node under attack. */
export type Target = {
  readonly url: string
  /** The attacker's address: any of 127.0.0.0/8. */
  readonly from: string
  /** When the attack is over, by `performance.now()`. */
  readonly untilMs: number
}

/** Whether the attack goes on. */
export function isOn({ untilMs }: Target): boolean {
  return performance.now() < untilMs
}

/** Waits. */
export function sleep(timeMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, timeMs))
}

/** Starts to connect. What comes back is dropped, and errors mean nothing. */
export function socketTo({ url, from }: Target): Socket {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), localAddress: from })
  socket.on('error', () => {})
  return socket.resume()
}

/** So many connections that stand. */
export async function socketsTo(target: Target, count: number): Promise<readonly Socket[]> {
  const sockets = Array.from({ length: count }, () => socketTo(target))
  await Promise.all(sockets.map((socket) => once(socket, 'connect').catch(() => undefined)))
  return sockets
}

/** A session of HTTP/2. */
export function sessionTo(target: Target): ClientHttp2Session {
  const session = connectHttp2(target.url, {
    createConnection: () => socketTo(target).pause(),
    // Of what waits to be sent, in megabytes.
    maxSessionMemory: 1_000,
  })
  session.on('error', () => {})
  return session
}

/** What a JSON request is made of. */
export type Post = {
  readonly path: string
  readonly body: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
}

/** Posts; resolves to the status of HTTP and the code of the error, `200 -` where there is none. */
export function post({ url, from }: Target, { path, body, headers }: Post): Promise<string> {
  const options = { method: 'POST', localAddress: from, agent: false, headers }
  return new Promise((resolve) => {
    const call = request(url + path, options, (response) => {
      resolve(`${response.statusCode} ${response.headers['x-posthorn-error'] ?? '-'}`)
      response.destroy()
    })
    call.on('error', ({ message }) => resolve(message))
    call.end(body)
  })
}

/** Calls by gRPC; resolves to the status and the code of the error. */
export function callGrpc(
  session: ClientHttp2Session,
  { path, body, headers }: Post,
): Promise<string> {
  const stream = session.request({
    ':method': 'POST',
    ':path': `/xmtp.message_api.v1.MessageApi/${path}`,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  })
  return new Promise((resolve) => {
    let answer = 'no answer'
    const read = (fields: Readonly<Record<string, unknown>>): void => {
      const status = fields['grpc-status']
      if (status !== undefined) answer = `${status} ${fields['x-posthorn-error'] ?? '-'}`
      else if (fields['subscribed'] !== undefined) answer = 'subscribed'
    }
    stream.on('response', read)
    stream.on('trailers', read)
    stream.on('error', () => {})
    stream.on('close', () => resolve(answer))
    stream.resume().end(body)
  })
}
