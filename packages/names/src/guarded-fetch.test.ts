import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createGuardedFetch } from './guarded-fetch.ts'

const { signal } = new AbortController()

describe('createGuardedFetch', () => {
  const server = createServer((request, response) => void serve(request, response))
  let url = ''
  const hits: string[] = []
  // Anything but the one host that stands for a private one.
  const fetch = createGuardedFetch({
    isAllowed: (target) => target.hostname === '127.0.0.1' && target.pathname !== '/private',
    maxBytes: 1_000,
  })

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await request.toArray()).join('')
    hits.push(`${request.method} ${request.url} ${body}`.trim())
    const [, kind, rest = ''] = /^\/(\w+)\/?(.*)$/.exec(request.url ?? '') ?? []
    if (kind === 'to') return void response.writeHead(302, { location: `/${rest}` }).end()
    if (kind === 'keep') return void response.writeHead(307, { location: `/${rest}` }).end()
    if (kind === 'loop') return void response.writeHead(302, { location: '/loop' }).end()
    if (kind === 'nowhere') return void response.writeHead(302, { location: 'http://' }).end()
    if (kind === 'stream') {
      // Without a length: only counting finds out.
      for (let part = 0; part < 100; part++) response.write('x'.repeat(100))
      return void response.end()
    }
    if (kind === 'long')
      return void response.writeHead(200, { 'content-length': 1_000_000 }).flushHeaders()
    if (kind === 'cut') return void response.write('x', () => response.destroy())
    response
      .writeHead(kind === 'missing' ? 404 : 200, { 'content-type': 'text/plain' })
      .end('grüezi')
  }

  beforeAll(async () => {
    server.listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  test('default: gives status, type and text', async () => {
    const reply = { contentType: 'text/plain', text: 'grüezi' }
    expect(await fetch(`${url}/page`, { signal })).toEqual({ status: 200, ...reply })
    expect(await fetch(`${url}/missing`, { signal })).toEqual({ status: 404, ...reply })
  })

  test('follows redirects, each after asking whether it may', async () => {
    expect((await fetch(`${url}/to/to/page`, { signal })).text).toBe('grüezi')
    hits.length = 0
    await expect(fetch(`${url}/to/private`, { signal })).rejects.toMatchObject({
      code: 'names/refused-url',
    })
    expect(hits).toEqual(['GET /to/private'])
  })

  test('keeps method and body where the redirect says so, and drops them elsewhere', async () => {
    hits.length = 0
    const request = { method: 'POST', body: 'ask', signal } as const
    await fetch(`${url}/keep/page`, request)
    await fetch(`${url}/to/page`, request)
    expect(hits).toEqual([
      'POST /keep/page ask',
      'POST /page ask',
      'POST /to/page ask',
      'GET /page',
    ])
  })

  test.each(['/loop', '/nowhere', '/private'])('error: %s is refused', async (path) => {
    await expect(fetch(`${url}${path}`, { signal })).rejects.toMatchObject({
      code: 'names/refused-url',
    })
  })

  test.each(['gateway', '', 'https://127.0.0.1.example/', '//127.0.0.1'])(
    'error: %j is refused',
    async (text) => {
      await expect(fetch(text, { signal })).rejects.toMatchObject({ code: 'names/refused-url' })
    },
  )

  test.each(['/stream', '/long'])(
    'error: %s is too large and is not read to its end',
    async (path) => {
      await expect(fetch(`${url}${path}`, { signal })).rejects.toMatchObject({
        code: 'names/answer-too-large',
      })
    },
  )

  test('error: what breaks off or cannot be reached is unavailable', async () => {
    await expect(fetch(`${url}/cut`, { signal })).rejects.toMatchObject({
      code: 'names/unavailable',
    })
    await expect(fetch('http://127.0.0.1:1/', { signal })).rejects.toMatchObject({
      code: 'names/unavailable',
    })
  })

  test('error: a redirect that a browser hides is refused', async () => {
    const hidden = Object.defineProperty(new Response(null), 'type', { value: 'opaqueredirect' })
    const inBrowser = createGuardedFetch({ fetch: async () => hidden })
    await expect(inBrowser('https://gateway.example/', { signal })).rejects.toMatchObject({
      code: 'names/refused-url',
    })
  })

  test('an answer without a stream is read as well', async () => {
    const answer = {
      body: null,
      type: 'basic',
      status: 200,
      headers: new Headers(),
      arrayBuffer: async () => new TextEncoder().encode('whole').buffer,
    }
    const whole = createGuardedFetch({ fetch: async () => answer as never })
    expect((await whole('https://gateway.example/', { signal })).text).toBe('whole')
  })

  test('behavior: without guards given, only public https is fetched', async () => {
    await expect(createGuardedFetch()(url, { signal })).rejects.toMatchObject({
      code: 'names/refused-url',
    })
  })
})
