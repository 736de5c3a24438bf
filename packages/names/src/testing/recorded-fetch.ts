// Answers of a service as it gives them, without the service.

/** A request as the service sees it. */
export type RecordedRequest = { readonly url: URL; readonly body: string }

/** What the service answers: JSON with status 200, or a status alone. */
export type RecordedAnswer = { readonly json: unknown } | { readonly status: number }

/** A fetch that has `answer` answer. */
export function recordedFetch(
  answer: (request: RecordedRequest) => RecordedAnswer,
): typeof globalThis.fetch {
  return async (input, init) => {
    const url = new URL(String(input))
    const given = answer({ url, body: String(init?.body ?? '') })
    if ('status' in given) return new Response('{}', { status: given.status })
    return Response.json(given.json)
  }
}
