// Asks a node's admin API.

import { ProtocolError, TransportError } from '@posthorn/errors'
import { actorName } from './actor-name.ts'
import type { AdminPlace } from './admin-place.ts'

/** What to ask. */
export type AdminQuestion = {
  readonly method: 'GET' | 'POST'
  /** Path behind `/admin/v1/`, with its query. */
  readonly path: string
  readonly body?: unknown
}

/** Answers as they come; the caller knows their shape. */
export type AdminClient = {
  /** @throws ProtocolError with the code that the node gives; TransportError `admin/unavailable` */
  ask<Answer>(question: AdminQuestion): Promise<Answer>
  /** As {@link AdminClient.ask}, for work that takes a while. */
  follow<Answer>(question: AdminQuestion, onProgress: (share: number) => void): Promise<Answer>
}

type Line = {
  readonly progress?: number
  readonly done?: unknown
  readonly error?: { readonly code: string; readonly message: string }
}

/** A client of one node. */
export function createAdminClient(place: AdminPlace): AdminClient {
  return {
    ask: async <Answer>(question: AdminQuestion) => {
      const response = await send(place, question)
      const answer: Line = await response.json()
      if (answer.error !== undefined) throw failed(answer.error)
      return answer as Answer
    },
    follow: async <Answer>(question: AdminQuestion, onProgress: (share: number) => void) => {
      const response = await send(place, question)
      for await (const line of linesOf(response)) {
        const { progress, done, error }: Line = JSON.parse(line)
        if (error !== undefined) throw failed(error)
        if (progress !== undefined) onProgress(progress)
        if (done !== undefined) return done as Answer
      }
      throw unavailable(place.url, undefined)
    },
  }
}

async function send({ url, token }: AdminPlace, question: AdminQuestion): Promise<Response> {
  const { method, path, body } = question
  try {
    return await fetch(`${url}/admin/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'x-posthorn-actor': encodeURIComponent(actorName()),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  } catch (cause) {
    throw unavailable(url, cause)
  }
}

async function* linesOf(response: Response): AsyncGenerator<string> {
  let pending = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    const lines = (pending + decoder.decode(chunk, { stream: true })).split('\n')
    pending = lines.pop() ?? ''
    yield* lines.filter((line) => line !== '')
  }
}

function failed({ code, message }: { readonly code: string; readonly message: string }) {
  return new ProtocolError(code, message)
}

function unavailable(url: string, cause: unknown): TransportError {
  return new TransportError('admin/unavailable', `Ask admin API: ${url} does not answer`, { cause })
}
