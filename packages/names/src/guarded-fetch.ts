// Fetching what a stranger told us to fetch: few places, few bytes, few turns.

import { CodecError, ValidationError } from '@posthorn/errors'
import { unavailable } from './names-errors.ts'
import { isPublicUrl } from './public-url.ts'

/** What a guarded fetch may do. */
export type FetchGuards = {
  readonly fetch?: typeof globalThis.fetch | undefined
  /** {@link isPublicUrl} unless given; asked for each redirect as well. */
  readonly isAllowed?: ((url: URL) => boolean) | undefined
  /** 1 MiB unless given. */
  readonly maxBytes?: number | undefined
}

/** One request. */
export type GuardedRequest = {
  readonly method?: 'GET' | 'POST' | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: string | undefined
  readonly signal: AbortSignal
}

/** What came back, whatever its status. */
export type GuardedReply = {
  readonly status: number
  readonly contentType: string
  readonly text: string
}

/** Fetches within its guards. */
export type GuardedFetch = (url: string, request: GuardedRequest) => Promise<GuardedReply>

const maxRedirects = 3
const defaultMaxBytes = 1_048_576
const action = 'Fetch'

/**
 * Makes a fetch that throws ValidationError `names/refused-url`, CodecError `names/answer-too-large` and
 * TransportError `names/unavailable`.
 */
export function createGuardedFetch(guards: FetchGuards = {}): GuardedFetch {
  const { isAllowed = isPublicUrl, maxBytes = defaultMaxBytes } = guards
  const fetch = guards.fetch ?? globalThis.fetch

  async function send(url: URL, request: GuardedRequest): Promise<Response> {
    const { method = 'GET', headers = {}, body = null, signal } = request
    try {
      return await fetch(url, { method, headers, body, signal, redirect: 'manual' })
    } catch (cause) {
      throw unavailable(action, cause)
    }
  }

  return async (text, request) => {
    let url = parseUrl(text)
    let next = request
    for (let turn = 0; turn <= maxRedirects; turn++) {
      if (!isAllowed(url)) throw refusedUrl('a host or scheme that is not allowed')
      const response = await send(url, next)
      const target = redirectOf(response)
      if (target === undefined) {
        const contentType = response.headers.get('content-type') ?? ''
        return { status: response.status, contentType, text: await readText(response, maxBytes) }
      }
      await response.body?.cancel().catch(() => {})
      url = parseUrl(target, url)
      next = afterRedirect(response.status, next)
    }
    throw refusedUrl(`more than ${maxRedirects} redirects`)
  }
}

function redirectOf(response: Response): string | undefined {
  // A browser does not say where to, so it cannot be checked.
  if (response.type === 'opaqueredirect') throw refusedUrl('a redirect that cannot be checked')
  if (![301, 302, 303, 307, 308].includes(response.status)) return undefined
  return response.headers.get('location') ?? undefined
}

function afterRedirect(status: number, request: GuardedRequest): GuardedRequest {
  return status === 307 || status === 308 ? request : { signal: request.signal }
}

function parseUrl(text: string, base?: URL): URL {
  try {
    return new URL(text, base)
  } catch {
    throw refusedUrl('no URL')
  }
}

async function readText(response: Response, maxBytes: number): Promise<string> {
  if (Number(response.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes)
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  try {
    for await (const chunk of chunksOf(response)) {
      bytes += chunk.length
      if (bytes > maxBytes) throw tooLarge(maxBytes)
      text += decoder.decode(chunk, { stream: true })
    }
  } catch (cause) {
    throw cause instanceof CodecError ? cause : unavailable(action, cause)
  }
  return text + decoder.decode()
}

async function* chunksOf(response: Response): AsyncIterable<Uint8Array> {
  // React Native has no streams.
  if (response.body === null) return yield new Uint8Array(await response.arrayBuffer())
  const reader = response.body.getReader()
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) yield step.value
  } finally {
    await reader.cancel().catch(() => {})
  }
}

function refusedUrl(found: string): ValidationError {
  return new ValidationError('names/refused-url', `${action}: found ${found}, wanted a public one`)
}

function tooLarge(maxBytes: number): CodecError {
  return new CodecError(
    'names/answer-too-large',
    `${action}: found more than ${maxBytes} bytes, wanted fewer`,
    { details: { maxBytes } },
  )
}
