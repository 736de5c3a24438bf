import { loadCrypto } from '@posthorn/crypto'
import { parseAddress } from '@posthorn/identity'
import { createVirtualClock } from '@posthorn/testing'
import { describe, expect, test } from 'vitest'
import { testNameResolver } from './contract.ts'
import { createFarcasterResolver, type FarcasterOptions } from './farcaster.ts'
import { createNames } from './names.ts'
import { type RecordedRequest, recordedFetch } from './testing/recorded-fetch.ts'

const crypto = await loadCrypto()
const addressOf = (digits: string) => parseAddress(crypto, `0x${digits.padStart(40, '0')}`)
const { signal } = new AbortController()
const service = { registryUrl: 'https://fnames.example', hubUrl: 'https://hub.example:3381' }

type User = {
  readonly fid: number
  readonly username: string
  readonly custody: string
  readonly verified: readonly string[]
  readonly primary?: string
  readonly picture?: string
}

const users: readonly User[] = [
  {
    fid: 1,
    username: 'alice',
    custody: addressOf('c1'),
    verified: [],
    picture: 'https://pictures.example/a.png',
  },
  {
    fid: 2,
    username: 'bob',
    custody: addressOf('c2'),
    verified: [addressOf('b1'), addressOf('b2')],
  },
  {
    fid: 3,
    username: 'carol',
    custody: addressOf('c3'),
    verified: [addressOf('d1'), addressOf('d2')],
    primary: addressOf('d2').toLowerCase(),
  },
  // Says that an address is primary which it never verified.
  {
    fid: 4,
    username: 'dave',
    custody: addressOf('c4'),
    verified: [addressOf('e1')],
    primary: addressOf('d2'),
  },
]

// The name was given up: the last transfer is to nobody.
const givenUp = {
  id: 9,
  timestamp: 1_700_000_000,
  username: 'ghost',
  owner: addressOf('c9'),
  from: 9,
  to: 0,
}

// As the registry and a hub answer.
function answer({ url }: RecordedRequest): { json: unknown } | { status: number } {
  const query = Object.fromEntries(url.searchParams)
  const found = users.find(
    (user) =>
      user.username === query['name'] ||
      String(user.fid) === query['fid'] ||
      user.custody.toLowerCase() === query['address'],
  )
  if (url.pathname === '/transfers/current') {
    if (query['name'] === 'ghost') return { json: { transfer: givenUp } }
    if (found === undefined) return { status: 404 }
    const { fid, username, custody } = found
    return {
      json: {
        transfer: { id: 1, timestamp: 1_628_882_891, username, owner: custody, from: 0, to: fid },
      },
    }
  }
  if (found === undefined) return { status: 404 }
  if (url.pathname === '/v1/onChainIdRegistryEventByAddress') {
    return { json: { type: 'EVENT_TYPE_ID_REGISTER', chainId: 10, fid: found.fid } }
  }
  if (url.pathname === '/v1/verificationsByFid') {
    const messages = found.verified.map((address) => ({
      data: {
        type: 'MESSAGE_TYPE_VERIFICATION_ADD_ETH_ADDRESS',
        fid: found.fid,
        verificationAddEthAddressBody: { address: address.toLowerCase() },
      },
    }))
    const solana = { data: { verificationAddSolAddressBody: { address: '9X…' } } }
    return { json: { messages: [solana, ...messages], nextPageToken: '' } }
  }
  const type = query['user_data_type']
  const value = type === 'USER_DATA_TYPE_PFP' ? found.picture : found.primary
  if (url.pathname !== '/v1/userDataByFid' || value === undefined) return { status: 404 }
  return { json: { data: { type: 'MESSAGE_TYPE_USER_DATA_ADD', userDataBody: { type, value } } } }
}

const open = (more: Partial<FarcasterOptions> = {}) =>
  createFarcasterResolver({ ...service, fetch: recordedFetch(answer), ...more })

testNameResolver('Farcaster', () => ({
  resolver: open(),
  known: { name: '@alice', address: addressOf('c1') },
  spellings: ['@Alice', 'alice.fcast.id', 'Alice.Farcaster.eth'],
  owner: addressOf('c1'),
  freeName: '@nobody',
  stranger: addressOf('5'),
  invalidNames: ['@al_ice', '@-alice', '@аlice', `@${'a'.repeat(17)}`, 'al\u202eice.fcast.id'],
  otherForms: ['alice', 'alice.eth', 'a.alice.fcast.id', '@alice.eth', '@a b'],
  away: open({ fetch: recordedFetch(() => ({ status: 502 })) }),
}))

describe('createFarcasterResolver', () => {
  test.each([
    ['@alice', 'c1', 'its custody address, having no other'],
    ['@bob', 'b1', 'the first address that it verified'],
    ['@carol', 'd2', 'the address that it made primary'],
    ['@dave', 'e1', 'a verified one, whatever it calls primary'],
  ])('%s leads to 0x…%s, %s', async (name, digits) => {
    const resolved = await open().resolve(name, { signal })
    expect(parseAddress(crypto, resolved?.address ?? '')).toBe(addressOf(digits))
  })

  test('a name that was given up leads nowhere', async () => {
    expect(await open().resolve('@ghost', { signal })).toBeUndefined()
  })

  test('a verified address gets its name when somebody says whose it is, and is right', async () => {
    const index: Readonly<Record<string, number>> = {
      [addressOf('b1')]: 2,
      [addressOf('d1')]: 3,
      [addressOf('f1')]: 2,
    }
    const resolver = open({ findFid: async (address) => index[address] })
    const names = createNames({ resolvers: [resolver], crypto, clock: createVirtualClock() })
    expect(await names.lookup(addressOf('b1'))).toMatchObject({ name: '@bob', source: 'farcaster' })
    // Verified, but messages to @carol go to another; and an address that is nobody's.
    expect(await names.lookup(addressOf('d1'))).toBeUndefined()
    expect(await names.lookup(addressOf('f1'))).toBeUndefined()
  })

  test('lookup gives the picture', async () => {
    expect(await open().lookup(addressOf('c1'), { signal })).toEqual({
      name: '@alice',
      avatar: 'https://pictures.example/a.png',
    })
  })

  test('a hub that says not_found with another status has said that there is none', async () => {
    const hub = open({
      fetch: async () => Response.json({ errCode: 'not_found', name: 'HubError' }, { status: 400 }),
    })
    expect(await hub.lookup(addressOf('c1'), { signal })).toBeUndefined()
  })
})
