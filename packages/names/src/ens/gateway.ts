// CCIP-read (EIP-3668): contracts that say "ask this web server", which is a stranger's.

import { isHex } from 'viem'
import { createGuardedFetch, type FetchGuards, type GuardedFetch } from '../guarded-fetch.ts'
import { unavailable } from '../names-errors.ts'
import { textAt } from '../read-json.ts'

/** What became of the gateways of one question. */
export type GatewayTrip = {
  /** For viem's `ccipRead.request`. */
  request(lookup: GatewayLookup): Promise<`0x${string}`>
  /** Why the last lookup failed, `undefined` when it did not or the gateway said that there is none. */
  failure(): Error | undefined
}

/** What a contract wants to be asked. */
export type GatewayLookup = {
  readonly data: `0x${string}`
  readonly sender: `0x${string}`
  readonly urls: readonly string[]
}

const maxUrls = 4

/** Makes trips to gateways within the given guards. */
export function createGateways(guards: FetchGuards): (signal: AbortSignal) => GatewayTrip {
  const fetch = createGuardedFetch(guards)
  return (signal) => {
    let failure: Error | undefined

    async function request(lookup: GatewayLookup): Promise<`0x${string}`> {
      failure = unavailable('Ask gateway')
      for (const url of lookup.urls.slice(0, maxUrls)) {
        const answer = await askOne(fetch, url, { lookup, signal }).catch((error: unknown) => {
          failure = unavailable('Ask gateway', error)
        })
        if (answer === undefined) continue
        failure = undefined
        // The contract is told of the failure and answers for it; the name simply is not there.
        if (answer === 'none') throw unavailable('Ask gateway')
        return answer
      }
      throw failure
    }

    return { request, failure: () => failure }
  }
}

async function askOne(
  fetch: GuardedFetch,
  url: string,
  { lookup, signal }: { readonly lookup: GatewayLookup; readonly signal: AbortSignal },
): Promise<`0x${string}` | 'none'> {
  const { data, sender } = lookup
  const target = url.replaceAll('{sender}', sender.toLowerCase()).replaceAll('{data}', data)
  const reply = await fetch(
    target,
    url.includes('{data}')
      ? { signal }
      : {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ data, sender }),
          signal,
        },
  )
  if (reply.status === 404) return 'none'
  if (reply.status < 200 || reply.status > 299) throw unavailable('Ask gateway')
  const answer = reply.contentType.includes('json')
    ? textAt(JSON.parse(reply.text), 'data')
    : reply.text.trim()
  if (!isHex(answer)) throw unavailable('Ask gateway')
  return answer
}
