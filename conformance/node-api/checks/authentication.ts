// Tokens: what proves an account, and every way in which one does not.

import assert from 'node:assert/strict'
import {
  type Account,
  type Compact,
  highS,
  newAccount,
  nowNs,
  type TokenParts,
} from '../account.ts'
import type { Check } from '../check.ts'
import { envelopeOf, freshTopic, type World } from '../world.ts'

const minuteNs = 60_000_000_000n
const flip = ({ bytes, recovery }: Compact): Compact => ({
  bytes: Uint8Array.from(bytes, (byte, i) => (i === 40 ? byte ^ 1 : byte)),
  recovery,
})
const otherRecovery = ({ bytes, recovery }: Compact): Compact => ({ bytes, recovery: recovery ^ 1 })

const goodTokens: Record<string, (account: Account) => TokenParts> = {
  'made now': () => ({}),
  'of the other wallet arm': () => ({ arm: 'walletEcdsaCompact' }),
  '59 minutes old': () => ({ createdNs: nowNs() - 59n * minuteNs }),
  '4 minutes ahead': () => ({ createdNs: nowNs() + 4n * minuteNs }),
}

const badTokens: Record<string, (account: Account) => TokenParts> = {
  '61 minutes old': () => ({ createdNs: nowNs() - 61n * minuteNs }),
  'of time 0': () => ({ createdNs: 0n }),
  '6 minutes ahead': () => ({ createdNs: nowNs() + 6n * minuteNs }),
  'of the end of time': () => ({ createdNs: 2n ** 64n - 1n }),
  'of another address': () => ({ address: '0x000000000000000000000000000000000000dEaD' }),
  'of the address in lower case': ({ address }) => ({ address: address.toLowerCase() }),
  'without an address': () => ({ address: '' }),
  'with a broken signature': () => ({ changeAuthSignature: flip }),
  'with a high-s signature': () => ({ changeAuthSignature: highS }),
  'with a broken wallet signature': () => ({ changeWalletSignature: flip }),
  'with the other recovery of the wallet signature': () => ({
    changeWalletSignature: otherRecovery,
  }),
  'signed in the wallet arm': () => ({ authArm: 'walletEcdsaCompact' }),
  'without identity key': () => ({ omit: ['identityKey'] }),
  'without wallet signature': () => ({ omit: ['walletSignature'] }),
  'without data': () => ({ omit: ['authDataBytes'] }),
  'without signature': () => ({ omit: ['authDataSignature'] }),
  'with signatures cut short': () => ({
    changeAuthSignature: ({ bytes, recovery }) => ({ bytes: bytes.subarray(0, 63), recovery }),
  }),
  'with signatures of zeros': () => ({
    changeAuthSignature: () => ({ bytes: new Uint8Array(64), recovery: 0 }),
  }),
  'with a recovery that is none': () => ({
    changeWalletSignature: ({ bytes }) => ({ bytes, recovery: 9 }),
  }),
}

export const authenticationChecks: readonly Check[] = [
  ...Object.entries(goodTokens).map(([what, parts]) => ({
    name: `token: one ${what} is taken`,
    run: async (world: World) => {
      const account = await newAccount()
      for (const api of world.apis) {
        const header = account.bearer(parts(account))
        const outcome = await api.publish([envelopeOf(freshTopic())], header)
        assert.deepEqual([outcome.code, outcome.message], [0, ''], api.name)
      }
    },
  })),
  ...Object.entries(badTokens).map(([what, parts]) => ({
    name: `token: one ${what} is refused with code 16`,
    run: async (world: World) => {
      const account = await newAccount()
      await refusedEverywhere(world, account.bearer(parts(account)))
    },
  })),
  {
    name: 'token: headers that carry none are refused with code 16 and say why',
    run: async (world) => {
      const token = world.account.token()
      const headers: [string | undefined, RegExp][] = [
        [undefined, /authorization token is not provided/],
        ['Bearer', /invalid authorization header/],
        ['Bearer ', /authorization|extracting token/],
        [token, /invalid authorization header/],
        [`Bearer ${token} x`, /./],
        [`Basic ${token}`, /unrecognized authorization scheme Basic/],
        [`bearer ${token}`, /unrecognized authorization scheme bearer/],
        ['Bearer AAAA', /extracting token/],
        ['Bearer !!!!', /extracting token/],
        ['Bearer CgA=', /extracting token/],
        [`Bearer ${token.slice(0, -8)}`, /extracting token/],
      ]
      for (const [header, text] of headers) await refusedEverywhere(world, header, text)
    },
  },
  {
    name: 'token: reading needs none, and a bad one does not disturb it',
    run: async ({ url, apis }) => {
      for (const api of apis) assert.equal((await api.query({ contentTopics: ['x'] })).code, 0)
      const answer = await fetch(`${url}/message/v1/query`, {
        method: 'POST',
        headers: { authorization: 'Bearer junk' },
        body: '{"contentTopics":["x"]}',
      })
      assert.equal(answer.status, 200)
    },
  },
  {
    name: 'token: the private store is its owner’s, in the exact spelling of the address',
    run: async ({ apis, account }) => {
      const other = await newAccount()
      const keyBundle = (address: string): string =>
        `/xmtp/0/privatestore-${address}/key_bundle/proto`
      const cases: [string, number][] = [
        [keyBundle(account.address), 0],
        [keyBundle(other.address), 7],
        [keyBundle(account.address.toLowerCase()), 7],
        [keyBundle(''), 7],
        ['/xmtp/0/privatestore', 7],
        [`/xmtp/0/invite-${other.address}/proto`, 0],
        [`/xmtp/0/userpreferences-${other.address}/proto`, 0],
      ]
      for (const api of apis) {
        for (const [topic, code] of cases) {
          const outcome = await api.publish([envelopeOf(topic)], account.bearer())
          assert.equal(outcome.code, code, `${api.name} ${topic}`)
        }
      }
    },
  },
]

async function refusedEverywhere(
  { apis }: World,
  header: string | undefined,
  text = /./,
): Promise<void> {
  for (const api of apis) {
    const { code, message } = await api.publish([envelopeOf(freshTopic())], header)
    assert.equal(code, 16, `${api.name} ${header}`)
    assert.match(message, text, `${api.name} ${header}`)
  }
}
