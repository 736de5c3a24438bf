// JSON from a service that the caller chose.

import type { GuardedFetch, GuardedRequest } from './guarded-fetch.ts'
import { badAnswer, unavailable } from './names-errors.ts'
import { textAt } from './read-json.ts'

/**
 * The JSON behind a URL; `undefined` where the service says that there is none.
 *
 * @throws TransportError `names/unavailable` for any other status; CodecError `names/bad-answer`; and as the fetch
 */
export async function fetchJson(
  fetch: GuardedFetch,
  url: string,
  request: GuardedRequest,
): Promise<unknown> {
  const { status, text } = await fetch(url, request)
  if (status === 404) return undefined
  const json = parse(text)
  if (status >= 200 && status <= 299) {
    if (json === undefined) throw badAnswer('Ask name service', 'no JSON')
    return json
  }
  // How hubs of Farcaster say it.
  if (textAt(json, 'errCode') === 'not_found') return undefined
  throw unavailable('Ask name service')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
