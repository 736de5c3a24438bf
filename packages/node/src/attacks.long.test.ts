import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { connect, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { temporaryDirectory } from '@posthorn/testing'
import { expect, test } from 'vitest'
import { createGrpcClient } from './contract/grpc-client.ts'
import { type MeasuredNode, startMeasuredNode } from './contract/measured-node.ts'
import { probeDuring } from './contract/probe.ts'

const mib = 1_048_576
const attackMs = 5_000
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function socketTo({ url }: MeasuredNode): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

async function post(node: MeasuredNode, path: string, body: string | Buffer, headers = {}) {
  const bytes = typeof body === 'string' ? body : new Uint8Array(body)
  const response = await fetch(`${node.url}${path}`, { method: 'POST', body: bytes, headers })
  await response.body?.cancel()
  return response.status
}

/** Headers that never end, byte by byte, on two thousand connections. */
async function slowHeaders(node: MeasuredNode): Promise<void> {
  const sockets = await Promise.all(Array.from({ length: 2_000 }, () => socketTo(node)))
  for (const socket of sockets) socket.write('POST /message/v1/query HTTP/1.1\r\nhost: a\r\n')
  for (let waited = 0; waited < attackMs; waited += 500) {
    for (const socket of sockets) if (!socket.destroyed) socket.write('x')
    await sleep(500)
  }
  for (const socket of sockets) socket.destroy()
}

/** Streams that are opened and reset as fast as they go. */
async function rapidReset(node: MeasuredNode): Promise<void> {
  const untilMs = performance.now() + attackMs
  while (performance.now() < untilMs) {
    const session = connectHttp2(node.url)
    session.on('error', () => {})
    for (let n = 0; n < 2_000 && !session.destroyed && !session.closed; n++) {
      const stream = session.request({ ':method': 'POST', ':path': '/x' })
      stream.on('error', () => {})
      stream.close(8)
      if (n % 50 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    session.destroy()
  }
}

/** A header block that goes on and on in CONTINUATION frames. */
async function endlessHeaders(node: MeasuredNode): Promise<void> {
  const sockets = await Promise.all(Array.from({ length: 20 }, () => socketTo(node)))
  const frame = (type: number, flags: number, stream: number, payload: Buffer): Buffer => {
    const head = Buffer.alloc(9)
    head.writeUIntBE(payload.length, 0, 3)
    head.writeUInt8(type, 3)
    head.writeUInt8(flags, 4)
    head.writeUInt32BE(stream, 5)
    return Buffer.concat([head, payload])
  }
  // A literal header field, never indexed: `a` with a value of 8,000 bytes.
  const field = Buffer.concat([
    Buffer.from([0x10, 1, 0x61, 0x7f, 0xc1, 0x3d]),
    Buffer.alloc(8_000, 0x62),
  ])
  for (const socket of sockets) {
    socket.resume()
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
    socket.write(frame(4, 0, 0, Buffer.alloc(0)))
    socket.write(frame(1, 0, 1, field))
  }
  const untilMs = performance.now() + attackMs
  while (performance.now() < untilMs) {
    for (const socket of sockets) if (!socket.destroyed) socket.write(frame(9, 0, 1, field))
    await sleep(5)
  }
  for (const socket of sockets) socket.destroy()
}

/** A mebibyte that becomes a gibibyte. */
async function gzipBombs(node: MeasuredNode): Promise<void> {
  const bomb = gzipSync(Buffer.alloc(1_024 * mib))
  const headers = { 'content-encoding': 'gzip' }
  for (let n = 0; n < 10; n++) {
    expect(await post(node, '/message/v1/query', bomb, headers)).toBe(429)
  }
}

/** More envelopes in one publish than a limit of 16 bits can count. */
async function manyEnvelopes(node: MeasuredNode): Promise<void> {
  const client = createGrpcClient(node.url)
  const envelope = { contentTopic: 'a', timestampNs: 1n, message: new Uint8Array(1) }
  for (let n = 0; n < 5; n++) {
    expect((await client.publish(new Array(65_536).fill(envelope))).status).toBe(3)
  }
  client.close()
}

const attacks = { slowHeaders, rapidReset, endlessHeaders, gzipBombs, manyEnvelopes }

test.each(Object.entries(attacks))(
  'during %s the node goes on for everybody else',
  async (name, attack) => {
    await using directory = await temporaryDirectory()
    await using node = await startMeasuredNode(directory.path)
    const publisher = createGrpcClient(node.url)
    const publish = async (stamp: number) =>
      (
        await publisher.publish([
          { contentTopic: 'probe', timestampNs: BigInt(stamp), message: new Uint8Array(100) },
        ])
      ).status
    expect(await publish(1)).toBe(0)
    const before = await node.memoryBytes()
    const { delaysMs, failures } = await probeDuring(node.url, () => attack(node))
    expect(await publish(2)).toBe(0)
    const growth = (await node.memoryBytes()) - before
    const p99 = delaysMs.toSorted((a, b) => a - b)[Math.floor(delaysMs.length * 0.99)] ?? 0
    // biome-ignore lint/suspicious/noConsole: the figures are half of what the test is run for.
    console.info(
      `${name}: ${delaysMs.length} probes, p99 ${p99.toFixed(0)} ms, growth ${(growth / mib).toFixed(1)} MiB`,
    )
    expect(failures).toBe(0)
    expect(growth).toBeLessThan(100 * mib)
    publisher.close()
  },
)
