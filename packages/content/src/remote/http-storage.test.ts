import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { testAttachmentStorage } from '../contract.ts'
import type { AttachmentStorage, TransferProgress } from './attachment-storage.ts'
import { createHttpAttachmentStorage, type HttpAttachmentStorageOptions } from './http-storage.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

const servers: Server[] = []
const withCode = (code: string): unknown => expect.objectContaining({ code })

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function serve(handler: Handler): Promise<string> {
  const server = createServer(handler)
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function storage(options: Partial<HttpAttachmentStorageOptions> = {}): AttachmentStorage {
  return createHttpAttachmentStorage({ fetch: globalThis.fetch, randomBytes, ...options })
}

// A bucket: takes PUT, answers GET.
function bucket(): Handler {
  const files = new Map<string, Buffer>()
  return async (request, response) => {
    const path = request.url ?? ''
    if (request.method === 'PUT') {
      files.set(path, Buffer.concat(await Array.fromAsync(request)))
      response.writeHead(201).end()
      return
    }
    const file = files.get(path)
    response.writeHead(file === undefined ? 404 : 200).end(file)
  }
}

testAttachmentStorage('a bucket over HTTP', async () => {
  const uploadUrl = `${await serve(bucket())}/files`
  return storage({ uploadUrl })
})

async function get(
  handler: Handler,
  options: { maxBytes?: number; allowHttp?: boolean } & Partial<HttpAttachmentStorageOptions> = {},
): Promise<Uint8Array> {
  const { maxBytes = 1_000, allowHttp = true, ...rest } = options
  return storage(rest).get(`${await serve(handler)}/x`, { maxBytes, allowHttp })
}

describe('a download', () => {
  test('is refused without https, before anything is asked', async () => {
    let asked = 0
    const answer = get((_, response) => response.end(`${asked++}`), { allowHttp: false })
    await expect(answer).rejects.toEqual(withCode('attachment/insecure-url'))
    expect(asked).toBe(0)
  })

  test('is refused when https leads to http', async () => {
    const body = new Response('x')
    Object.defineProperty(body, 'url', { value: 'http://example.org/x' })
    const answer = storage({ fetch: async () => body }).get('https://a', { maxBytes: 9 })
    await expect(answer).rejects.toEqual(withCode('attachment/insecure-url'))
  })

  test.each(['javascript:alert(1)', 'data:,x', 'file:///etc/passwd', 'https://u:p@a'])(
    'from %s is refused',
    async (url) => {
      const answer = storage().get(url, { maxBytes: 9, allowHttp: true })
      await expect(answer).rejects.toEqual(withCode('content/malformed'))
    },
  )

  test('stops at the limit while a server sends without end', async () => {
    let sent = 0
    const answer = get(
      (_, response) => {
        const send = (): void => {
          if (response.destroyed) return
          sent += 1_000
          response.write(Buffer.alloc(1_000), () => setImmediate(send))
        }
        send()
      },
      { maxBytes: 50_000 },
    )
    await expect(answer).rejects.toEqual(withCode('attachment/too-big'))
    expect(sent).toBeLessThan(10_000_000)
  })

  test('is refused by its stated length before its body is read', async () => {
    const answer = get((_, response) => {
      response.writeHead(200, { 'content-length': '1001' })
      response.flushHeaders()
    })
    await expect(answer).rejects.toEqual(withCode('attachment/too-big'))
  })

  test('of a compressed answer knows no whole', async () => {
    const { gzipSync } = await import('node:zlib')
    const packed = gzipSync(Buffer.alloc(900))
    const steps: TransferProgress[] = []
    const url = await serve((_, response) =>
      response
        .writeHead(200, { 'content-encoding': 'gzip', 'content-length': packed.length })
        .end(packed),
    )
    const onProgress = (step: TransferProgress): number => steps.push(step)
    await storage().get(`${url}/x`, { maxBytes: 900, allowHttp: true, onProgress })
    expect(steps.at(-1)).toEqual({ transferredBytes: 900, totalBytes: undefined })
  })

  test.each([
    [404, 'attachment/not-found'],
    [410, 'attachment/not-found'],
    [403, 'attachment/refused'],
    [500, 'attachment/refused'],
  ])('answered with %i is %s', async (status, code) => {
    const answer = get((_, response) => response.writeHead(status).end('no'))
    await expect(answer).rejects.toEqual(withCode(code))
  })

  test('cut in the middle is unreachable', async () => {
    const answer = get((_, response) => {
      response.writeHead(200, { 'content-length': '10' })
      response.write('12345', () => response.destroy())
    })
    await expect(answer).rejects.toEqual(withCode('attachment/unreachable'))
  })

  test('cancelled in the middle says so', async () => {
    const controller = new AbortController()
    const url = await serve((_, response) => {
      response.write('12345')
      controller.abort()
    })
    const { signal } = controller
    const answer = storage().get(`${url}/x`, { maxBytes: 10, allowHttp: true, signal })
    await expect(answer).rejects.toEqual(withCode('attachment/cancelled'))
  })

  test('works where answers have no streams', async () => {
    const bare = async (): Promise<Response> =>
      ({
        ok: true,
        status: 200,
        url: '',
        headers: new Headers(),
        arrayBuffer: async () => Uint8Array.of(1, 2).buffer,
      }) as unknown as Response
    const options = { fetch: bare }
    expect(await storage(options).get('https://a', { maxBytes: 2 })).toEqual(Uint8Array.of(1, 2))
    await expect(storage(options).get('https://a', { maxBytes: 1 })).rejects.toEqual(
      withCode('attachment/too-big'),
    )
  })

  test('tells nothing but that it asks', async () => {
    let init: RequestInit | undefined
    const spy = async (_: unknown, given?: RequestInit): Promise<Response> => {
      init = given
      return new Response('x')
    }
    const headers = { authorization: 'secret' }
    await storage({ fetch: spy, uploadHeaders: headers }).get('https://a', { maxBytes: 9 })
    expect(init).toMatchObject({ credentials: 'omit', referrerPolicy: 'no-referrer' })
    expect(init?.headers).toBeUndefined()
  })
})

describe('an upload', () => {
  test('carries its headers and names files so that nobody guesses them', async () => {
    const seen: IncomingMessage[] = []
    const uploadUrl = await serve((request, response) => {
      seen.push(request)
      response.end()
    })
    const downloadUrl = 'https://cdn.example.org/f/'
    const uploadHeaders = { authorization: 'Bearer x' }
    const url = await storage({ uploadUrl, downloadUrl, uploadHeaders }).put(Uint8Array.of(1))
    expect(url).toMatch(/^https:\/\/cdn\.example\.org\/f\/[0-9a-f]{32}$/)
    expect(seen[0]?.url).toBe(url.slice('https://cdn.example.org/f'.length))
    expect(seen[0]?.headers).toMatchObject(uploadHeaders)
  })

  test('that the storage refuses says so', async () => {
    const uploadUrl = await serve((_, response) => response.writeHead(507).end())
    await expect(storage({ uploadUrl }).put(Uint8Array.of(1))).rejects.toMatchObject({
      code: 'attachment/refused',
      details: { status: 507 },
    })
  })

  test('that reaches nobody says so', async () => {
    const uploadUrl = 'http://127.0.0.1:1'
    await expect(storage({ uploadUrl }).put(Uint8Array.of(1))).rejects.toEqual(
      withCode('attachment/unreachable'),
    )
  })

  test('needs somewhere to go', async () => {
    await expect(storage().put(Uint8Array.of(1))).rejects.toEqual(
      withCode('attachment/no-upload-url'),
    )
  })
})
