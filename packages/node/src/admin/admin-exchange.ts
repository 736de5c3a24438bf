// One request of the admin API and its answer.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { httpStatusOf, ValidationError } from '@posthorn/errors'
import { failureOf } from '../api/failure.ts'

/** What a handler gets. */
export type AdminRequest = {
  readonly query: URLSearchParams
  /** Who asks, for the audit log. */
  readonly actor: string
  readonly signal: AbortSignal
  /** The body as JSON; undefined when it is empty. @throws ValidationError `admin/bad-json` */
  json(): Promise<unknown>
  readonly body: AsyncIterable<Uint8Array>
}

/** What a handler answers. */
export type AdminAnswer =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'text'; readonly contentType: string; readonly text: string }
  /** Work that takes a while: lines of JSON, the last of them `{"done":…}` or `{"error":…}`. */
  | { readonly kind: 'lines'; readonly lines: AsyncIterable<string> }

const maxBodyBytes = 1_048_576
const anonymous = 'admin'

/** The request as handlers see it. */
export function adminRequest(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): AdminRequest {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const actor = request.headers['x-posthorn-actor']
  return {
    query: url.searchParams,
    actor: typeof actor === 'string' && actor !== '' ? actor : anonymous,
    signal: gone.signal,
    json: () => readJson(request),
    body: request,
  }
}

/** Writes an answer. */
export async function sendAnswer(response: ServerResponse, answer: AdminAnswer): Promise<void> {
  switch (answer.kind) {
    case 'json':
      return sendText(response, 200, { text: `${jsonOf(answer.value)}\n` })
    case 'text':
      return sendText(response, 200, answer)
    case 'lines':
      return sendLines(response, answer.lines)
  }
}

/** Writes what went wrong. */
export function sendFailure(response: ServerResponse, error: unknown): void {
  const { status } = failureOf(error)
  sendText(response, httpStatusOf(status), { text: `${jsonOf(failureDocument(error))}\n` })
}

/** A status with a text. */
export function sendText(
  response: ServerResponse,
  status: number,
  { text, contentType = 'application/json' }: { text: string; contentType?: string },
): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(text)
}

/** A value as JSON; 64-bit numbers as texts. */
export function jsonOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'bigint' ? String(part) : part,
  )
}

function failureDocument(error: unknown): unknown {
  const { code, message, retryAfterMs } = failureOf(error)
  return { error: { code, message, retryAfterMs } }
}

async function sendLines(response: ServerResponse, lines: AsyncIterable<string>): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' })
  response.flushHeaders()
  try {
    for await (const line of lines) {
      if (response.destroyed) return
      if (!response.write(`${line}\n`)) await drained(response)
    }
  } catch (error) {
    response.write(`${jsonOf(failureDocument(error))}\n`)
  }
  response.end()
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.on('drain', done)
    response.on('close', done)
  })
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let lengthBytes = 0
  for await (const chunk of request) {
    chunks.push(chunk)
    lengthBytes += chunk.length
    if (lengthBytes > maxBodyBytes) throw badJson(`more than ${maxBodyBytes} bytes`)
  }
  const text = Buffer.concat(chunks).toString('utf8')
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw badJson('another text')
  }
}

function badJson(found: string): ValidationError {
  return new ValidationError('admin/bad-json', `Read admin request: found ${found}, expected JSON`)
}
