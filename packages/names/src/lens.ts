// Lens names, `stani.lens`: a user name in the namespace `lens/` belongs to an account (a contract), and the
// account to an owner. Messages go to the owner, who can sign.

import { avatarUrl } from './avatar.ts'
import { fetchJson } from './fetch-json.ts'
import { createGuardedFetch, type FetchGuards } from './guarded-fetch.ts'
import type { NameResolver } from './name-resolver.ts'
import { invalidName, unavailable } from './names-errors.ts'
import { at, listAt, textAt } from './read-json.ts'

/** Options of {@link createLensResolver}. */
export type LensOptions = FetchGuards & {
  /** The GraphQL API to ask, for instance `https://api.lens.xyz/graphql`. */
  readonly url: string
  /** Makes `ipfs:` pictures `https:` ones. */
  readonly ipfsGateway?: string | undefined
}

const resolveQuery = `query ($localName: String!) {
  account(request: { username: { localName: $localName } }) { owner username { localName } }
}`

const lookupQuery = `query ($address: EvmAddress!) {
  accountsAvailable(request: { managedBy: $address, includeOwned: true }) {
    items { ... on AccountOwned { account { owner username { localName } metadata { picture } } } }
  }
}`

// What the namespace's contract allows.
const localName = /^[a-z0-9][a-z0-9_-]{2,25}$/

/** Resolves `….lens` by one call to a Lens API. */
export function createLensResolver(options: LensOptions): NameResolver {
  const fetch = createGuardedFetch(options)

  async function query(
    text: string,
    variables: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<unknown> {
    const json = await fetchJson(fetch, options.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: text, variables }),
      signal,
    })
    const data = at(json, 'data')
    if (typeof data !== 'object' || data === null) throw unavailable('Ask Lens')
    return data
  }

  return {
    kind: 'lens',
    canResolve: (name) => /^[^\s@.]+\.lens$/i.test(name),

    async resolve(name, { signal }) {
      const local = name.slice(0, -'.lens'.length).toLowerCase()
      if (!localName.test(local))
        throw invalidName('other characters', '3 to 26 of a-z, 0-9, - and _')
      const data = await query(resolveQuery, { localName: local }, signal)
      const address = textAt(data, 'account', 'owner')
      if (address === undefined || textAt(data, 'account', 'username', 'localName') !== local) {
        return undefined
      }
      return { name: `${local}.lens`, address }
    },

    async lookup(address, { signal }) {
      const data = await query(lookupQuery, { address }, signal)
      const owned = listAt(data, 'accountsAvailable', 'items').find(
        (item) =>
          textAt(item, 'account', 'owner')?.toLowerCase() === address.toLowerCase() &&
          localName.test(textAt(item, 'account', 'username', 'localName') ?? ''),
      )
      const local = textAt(owned, 'account', 'username', 'localName')
      if (local === undefined) return undefined
      const picture = textAt(owned, 'account', 'metadata', 'picture')
      return { name: `${local}.lens`, avatar: picture && avatarUrl(picture, options.ipfsGateway) }
    },
  }
}
