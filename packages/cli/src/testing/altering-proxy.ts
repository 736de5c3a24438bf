// Stands before a node and changes its answers, as a node would that gets something wrong.

import { createServer, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import {
  connect,
  createServer as createHttp2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo, Server, Socket } from 'node:net'
import { gzipSync } from 'node:zlib'

/** An answer over HTTP/1.1 before it goes on. */
export type Passing = {
  readonly path: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** Changes a whole answer. */
export type Alter = (answer: Passing) => Partial<Omit<Passing, 'path'>>

/** Changes the trailers of a call; undefined drops them. */
export type AlterTrailers = (trailers: IncomingHttpHeaders) => OutgoingHttpHeaders | undefined

/** A proxy on a free port. */
export type Proxy = AsyncDisposable & { readonly url: string }

/** A proxy over HTTP/1.1 for calls that end: answers are read whole, then changed. */
export async function startAlteringProxy(url: string, alter: Alter): Promise<Proxy> {
  const server = createServer(async (request, response) => {
    const body = await readAll(request)
    const { connection, host, ...headers } = request.headers
    const answer = await fetch(url + request.url, {
      method: request.method ?? 'POST',
      headers: headers as Record<string, string>,
      ...(request.method === 'POST' ? { body: new Uint8Array(body) } : {}),
    }).catch(() => undefined)
    if (answer === undefined) return void response.destroy()
    const passing = {
      path: request.url ?? '',
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: Buffer.from(await answer.arrayBuffer().catch(() => new ArrayBuffer(0))),
    }
    const changed = { ...passing, ...alter(passing) }
    const { 'content-length': _, 'transfer-encoding': __, ...rest } = changed.headers
    // fetch has unpacked it.
    const isGzip = rest['content-encoding'] === 'gzip'
    response.writeHead(changed.status, rest).end(isGzip ? gzipSync(changed.body) : changed.body)
  })
  return listening(server)
}

/** A proxy over HTTP/2 that changes how calls end. */
export async function startTrailerProxy(url: string, alter: AlterTrailers): Promise<Proxy> {
  const upstream = connect(url)
  const server = createHttp2Server()
  server.on('stream', (stream: ServerHttp2Stream, { ':authority': _, ...headers }) => {
    const call = upstream.request(headers)
    let trailers: IncomingHttpHeaders = {}
    stream.on('wantTrailers', () => {
      const changed = alter(trailers)
      if (changed === undefined) stream.close()
      else stream.sendTrailers(changed)
    })
    call.on('response', ({ ':status': status, ...fields }) => {
      stream.respond({ ':status': status ?? 200, ...fields }, { waitForTrailers: true })
      call.on('trailers', (fields) => {
        trailers = fields
      })
      call.pipe(stream)
    })
    call.on('error', () => stream.destroy())
    stream.on('error', () => call.destroy())
    stream.pipe(call)
  })
  const proxy = await listening(server)
  return {
    url: proxy.url,
    [Symbol.asyncDispose]: async () => {
      upstream.destroy()
      await proxy[Symbol.asyncDispose]()
    },
  }
}

async function listening(server: Server): Promise<Proxy> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}
