// A fetch over XMLHttpRequest. React Native's own fetch gives a reply only when it is complete, which for a
// stream is never; its XMLHttpRequest shows the text as it grows.

import { toUtf8 } from '@posthorn/bytes'
import { TransportError } from '@posthorn/errors'
import { type ReplyPiece, replyOf } from './reply.ts'

/** Creates a request: `() => new XMLHttpRequest()`. */
export type NewRequest = () => XMLHttpRequest

/** Options of {@link createXhrFetch}. */
export type XhrFetchOptions = {
  /**
   * The text of a request is kept until its end. A stream that outgrows this, default 8,388,608, is broken off;
   * the client connects again and goes on behind the last message.
   */
  readonly maxTextChars?: number | undefined
}

const headersReceived = 2
const done = 4

/**
 * A `fetch` for the transport of a client: text requests, replies that can be read as they arrive.
 * `redirect` and `credentials` are those of XMLHttpRequest.
 */
export function createXhrFetch(
  newRequest: NewRequest,
  { maxTextChars = 8_388_608 }: XhrFetchOptions = {},
): typeof fetch {
  return (input, { method = 'GET', headers, body, signal } = {}) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(broken('was cancelled'))
      const request = newRequest()
      const reply = createGrowingReply(request, maxTextChars)
      const fail = (why: string): void => {
        reply.fail(broken(why))
        reject(broken(why))
      }
      const abort = (): void => {
        request.abort()
        fail('was cancelled')
      }
      request.open(method, String(input))
      for (const [name, value] of Object.entries(headers ?? {})) {
        request.setRequestHeader(name, String(value))
      }
      request.onreadystatechange = () => {
        if (request.readyState >= headersReceived && request.status > 0) resolve(reply.response())
        if (request.readyState === done) signal?.removeEventListener('abort', abort)
      }
      request.onprogress = reply.grow
      request.onload = reply.end
      request.onerror = () => fail('broke off')
      request.ontimeout = () => fail('took too long')
      signal?.addEventListener('abort', abort, { once: true })
      request.send(typeof body === 'string' ? body : null)
    })
}

type GrowingReply = {
  /** Once the head of the reply is there. */
  response(): Response
  grow(): void
  end(): void
  fail(error: TransportError): void
}

function createGrowingReply(request: XMLHttpRequest, maxTextChars: number): GrowingReply {
  let taken = 0
  let isEnded = false
  let failure: TransportError | undefined
  let wake = (): void => undefined

  function take(): ReplyPiece | undefined {
    if (request.responseText.length > taken) {
      const piece = request.responseText.slice(taken)
      taken = request.responseText.length
      return { done: false, value: new Uint8Array(toUtf8(piece)) }
    }
    if (isEnded) return { done: true }
    if (taken > maxTextChars) {
      request.abort()
      failure = broken('grew too long')
    }
    return undefined
  }

  async function read(): Promise<ReplyPiece> {
    for (;;) {
      if (failure !== undefined) throw failure
      const piece = take()
      if (piece !== undefined) return piece
      if (failure !== undefined) throw failure
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }

  const cancel = async (): Promise<void> => {
    if (!isEnded) request.abort()
  }
  const response = (): Response =>
    replyOf({
      ok: request.status >= 200 && request.status < 300,
      status: request.status,
      headers: { get: (name) => request.getResponseHeader(name) },
      body: { getReader: () => ({ read, cancel }), cancel },
    })
  return {
    response,
    grow: () => wake(),
    end: () => {
      isEnded = true
      wake()
    },
    fail: (error) => {
      failure ??= error
      wake()
    },
  }
}

function broken(how: string): TransportError {
  return new TransportError('transport/unavailable', `Reach the node: the request ${how}`)
}
