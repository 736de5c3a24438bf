import { loadCrypto } from '@posthorn/crypto'
import { parseAddress } from '@posthorn/identity'
import { createVirtualClock } from '@posthorn/testing'
import { describe, expect, test } from 'vitest'
import { testNameResolver } from './contract.ts'
import { createLensResolver } from './lens.ts'
import { createNames } from './names.ts'
import { type RecordedRequest, recordedFetch } from './testing/recorded-fetch.ts'

const crypto = await loadCrypto()
const addressOf = (digits: string) => parseAddress(crypto, `0x${digits.padStart(40, '0')}`)
const url = 'https://api.lens.example/graphql'
const { signal } = new AbortController()
const owner = addressOf('57a41')
const account = addressOf('acc')
// Owns an account, says it is stani's, and is lying.
const liar = addressOf('11a4')

const stani = {
  address: account,
  owner,
  username: { localName: 'stani' },
  metadata: { picture: 'https://pictures.example/stani.png' },
}

// As the API answers the two queries.
function answer({ body }: RecordedRequest): { json: unknown } {
  const { variables } = JSON.parse(body) as { variables: { localName?: string; address?: string } }
  if (variables.localName !== undefined) {
    const isKnown = variables.localName === stani.username.localName
    return { json: { data: { account: isKnown ? stani : null } } }
  }
  const owned: Record<string, unknown[]> = {
    // Accounts that one manages but does not own come as another type, which has no such field.
    [owner]: [
      {},
      { account: { ...stani, username: null } },
      { account: { ...stani, owner: liar, username: { localName: 'managed' } } },
      { account: stani },
    ],
    [liar]: [{ account: { ...stani, owner: liar } }],
  }
  return { json: { data: { accountsAvailable: { items: owned[variables.address ?? ''] ?? [] } } } }
}

const resolver = createLensResolver({ url, fetch: recordedFetch(answer) })

testNameResolver('Lens', () => ({
  resolver,
  known: { name: 'stani.lens', address: owner },
  spellings: ['Stani.lens', 'STANI.LENS'],
  owner,
  freeName: 'nobody.lens',
  stranger: addressOf('5'),
  invalidNames: [
    'st.lens'.replace('st', 'а'),
    'a.lens',
    'sta\u202eni.lens',
    '-abc.lens',
    `${'a'.repeat(27)}.lens`,
  ],
  otherForms: ['stani.eth', 'stani', '@stani', 'a.stani.lens', 'lens/stani'],
  away: createLensResolver({ url, fetch: recordedFetch(() => ({ status: 503 })) }),
}))

describe('createLensResolver', () => {
  test('messages go to the owner, not to the contract that is the account', async () => {
    expect((await resolver.resolve('stani.lens', { signal }))?.address).toBe(owner)
  })

  test('lookup gives the name that leads back, with its picture', async () => {
    const names = createNames({ resolvers: [resolver], crypto, clock: createVirtualClock() })
    expect(await names.lookup(owner)).toMatchObject({
      name: 'stani.lens',
      source: 'lens',
      avatar: 'https://pictures.example/stani.png',
    })
    expect(await names.lookup(liar)).toBeUndefined()
    expect(await names.lookup(account)).toBeUndefined()
  })

  test.each([
    [{ errors: [{ message: 'down' }] }, 'names/unavailable'],
    [{ data: null }, 'names/unavailable'],
    ['', 'names/unavailable'],
  ])('error: an answer of %j says nothing about the name', async (json, code) => {
    const odd = createLensResolver({ url, fetch: recordedFetch(() => ({ json })) })
    await expect(odd.resolve('stani.lens', { signal })).rejects.toMatchObject({ code })
  })

  test('an answer about another name than the one asked for is none', async () => {
    const other = { ...stani, username: { localName: 'other' } }
    const odd = createLensResolver({
      url,
      fetch: recordedFetch(() => ({ json: { data: { account: other } } })),
    })
    expect(await odd.resolve('stani.lens', { signal })).toBeUndefined()
  })

  test('error: what is no JSON is a bad answer', async () => {
    const odd = createLensResolver({ url, fetch: async () => new Response('<html>') })
    await expect(odd.resolve('stani.lens', { signal })).rejects.toMatchObject({
      code: 'names/bad-answer',
    })
  })
})
