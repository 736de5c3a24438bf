// JSON by fetch, and sockets for what fetch does not send.

import { connect } from 'node:net'

export type JsonAnswer = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // The shape is what a check looks at.
  readonly body: Record<string, never> & { code?: number; message?: string }
}

export async function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<JsonAnswer> {
  const sent = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
  const answer = await fetch(url, { method: 'POST', body: sent as string, headers })
  const text = await answer.text()
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    parsed = {}
  }
  return { status: answer.status, headers: answer.headers, text, body: parsed as never }
}

export type JsonStream = {
  readonly response: Response
  /** The next line, undefined at the end. */
  line(): Promise<string | undefined>
  close(): void
}

/** Opens a stream of lines; resolves when the headers are there. */
export async function openLines(url: string, body: unknown): Promise<JsonStream> {
  const abort = new AbortController()
  const response = await fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    signal: abort.signal,
  })
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let pending = ''
  return {
    response,
    line: async () => {
      for (let end = pending.indexOf('\n'); ; end = pending.indexOf('\n')) {
        if (end >= 0) {
          const line = pending.slice(0, end)
          pending = pending.slice(end + 1)
          return line
        }
        const chunk = await reader?.read()
        if (chunk === undefined || chunk.done) return undefined
        pending += decoder.decode(chunk.value, { stream: true })
      }
    },
    close: () => abort.abort(),
  }
}

/** Sends bytes on a fresh socket and returns everything that comes until the other side closes. */
export function rawHttp(port: number, parts: readonly (string | Uint8Array)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let got = ''
    socket.on('data', (chunk: Buffer) => {
      got += chunk.toString('latin1')
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(got))
    for (const part of parts) socket.write(part)
  })
}
