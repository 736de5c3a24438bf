// Farcaster names, `@alice`: the name registry knows the id behind a name, a hub the addresses of the id.
// Messages go to the address that the owner made primary, else to the first one that was verified; without
// either to the custody address.

import { avatarUrl } from './avatar.ts'
import { fetchJson } from './fetch-json.ts'
import { createGuardedFetch, type FetchGuards } from './guarded-fetch.ts'
import type { ClaimedName, NameResolver, ResolvedName, ResolverCall } from './name-resolver.ts'
import { invalidName } from './names-errors.ts'
import { at, listAt, textAt } from './read-json.ts'

/** Options of {@link createFarcasterResolver}. */
export type FarcasterOptions = FetchGuards & {
  /** The registry of names, for instance `https://fnames.farcaster.xyz`. */
  readonly registryUrl: string
  /** A hub's HTTP API, such as a Snapchain node's. */
  readonly hubUrl: string
  /**
   * The id that verified an address. Hubs know only custody addresses by themselves; an index of verified
   * ones knows more. It need not be trusted: a name is shown only when it leads back.
   */
  readonly findFid?:
    | ((address: string, call: ResolverCall) => Promise<number | undefined>)
    | undefined
  /** Makes `ipfs:` pictures `https:` ones. */
  readonly ipfsGateway?: string | undefined
}

type Registration = { readonly fid: number; readonly username: string; readonly custody: string }

const fname = /^[a-z0-9][a-z0-9-]{0,15}$/
const forms = /^(?:@([^\s@.]+)|([^\s@.]+)\.(?:fcast\.id|farcaster\.eth))$/i

/** Resolves `@alice`, `alice.fcast.id` and `alice.farcaster.eth`. Names in `.eth` of users are not its own. */
export function createFarcasterResolver(options: FarcasterOptions): NameResolver {
  const fetch = createGuardedFetch(options)
  const get = (base: string, path: string, signal: AbortSignal): Promise<unknown> =>
    fetchJson(fetch, new URL(path, base).href, { signal })

  async function register(query: string, signal: AbortSignal): Promise<Registration | undefined> {
    const json = await get(options.registryUrl, `/transfers/current?${query}`, signal)
    const fid = at(json, 'transfer', 'to')
    const username = textAt(json, 'transfer', 'username')
    const custody = textAt(json, 'transfer', 'owner')
    // A name that was given up belongs to 0.
    if (typeof fid !== 'number' || fid <= 0 || username === undefined) return undefined
    return custody === undefined ? undefined : { fid, username, custody }
  }

  async function userData(
    fid: number,
    type: string,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const path = `/v1/userDataByFid?fid=${fid}&user_data_type=${type}`
    return textAt(await get(options.hubUrl, path, signal), 'data', 'userDataBody', 'value')
  }

  async function addressOf({ fid, custody }: Registration, signal: AbortSignal): Promise<string> {
    const json = await get(options.hubUrl, `/v1/verificationsByFid?fid=${fid}`, signal)
    const verified = listAt(json, 'messages')
      .map((message) => textAt(message, 'data', 'verificationAddEthAddressBody', 'address'))
      .filter((address) => address !== undefined)
    const primary = await userData(fid, 'USER_DATA_TYPE_PRIMARY_ADDRESS_ETHEREUM', signal)
    const chosen = verified.find((each) => each.toLowerCase() === primary?.toLowerCase())
    return chosen ?? verified[0] ?? custody
  }

  async function resolve(name: string, signal: AbortSignal): Promise<ResolvedName | undefined> {
    const [, handle, label] = forms.exec(name) ?? []
    const username = (handle ?? label ?? '').toLowerCase()
    if (!fname.test(username)) throw invalidName('other characters', '1 to 16 of a-z, 0-9 and -')
    const registration = await register(`name=${username}`, signal)
    if (registration?.username !== username) return undefined
    return { name: `@${username}`, address: await addressOf(registration, signal) }
  }

  async function ownedFid(address: string, signal: AbortSignal): Promise<number | undefined> {
    const path = `/v1/onChainIdRegistryEventByAddress?address=${address.toLowerCase()}`
    const fid = at(await get(options.hubUrl, path, signal), 'fid')
    return typeof fid === 'number' && fid > 0 ? fid : undefined
  }

  async function lookup(address: string, signal: AbortSignal): Promise<ClaimedName | undefined> {
    const fid = (await options.findFid?.(address, { signal })) ?? (await ownedFid(address, signal))
    if (fid === undefined) return undefined
    const registration = await register(`fid=${fid}`, signal)
    if (registration === undefined || !fname.test(registration.username)) return undefined
    const picture = await userData(fid, 'USER_DATA_TYPE_PFP', signal)
    return {
      name: `@${registration.username}`,
      avatar: picture && avatarUrl(picture, options.ipfsGateway),
    }
  }

  return {
    kind: 'farcaster',
    canResolve: (name) => forms.test(name),
    resolve: (name, { signal }) => resolve(name, signal),
    lookup: (address, { signal }) => lookup(address, signal),
  }
}
