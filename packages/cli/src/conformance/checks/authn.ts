// Tokens: what proves a wallet, and what does not.

import type { TokenFault } from '../accounts.ts'
import { requireUnlimited } from '../bench.ts'
import { type Check, type Subject, skip } from '../check.ts'
import { expectEqual } from '../expect.ts'

const stranger = '0x000000000000000000000000000000000000dEaD'

const refusedTokens: readonly (TokenFault & { name: string; title: string })[] = [
  { name: 'missing-identity-key', title: 'without identity key', without: 1 },
  { name: 'missing-auth-data', title: 'without data', without: 2 },
  { name: 'missing-signature', title: 'without signature', without: 3 },
  { name: 'bad-signature', title: 'with a broken signature', hasBrokenSignature: true },
  { name: 'wallet-mismatch', title: 'of another address', address: stranger },
  { name: 'expired', title: '61 minutes old', ageMinutes: 61 },
]

const refusedHeaders: readonly {
  name: string
  title: string
  header: (token: string) => string
}[] = [
  { name: 'empty-token', title: 'a header without token', header: () => 'Bearer ' },
  { name: 'no-scheme', title: 'a token without scheme', header: (token) => token },
  { name: 'other-scheme', title: 'another scheme', header: (token) => `Basic ${token}` },
  { name: 'not-base64', title: 'a token that is not base64', header: () => 'Bearer !!!!' },
  { name: 'not-a-token', title: 'bytes that are no token', header: () => 'Bearer AAAA' },
]

/** Checks of the tokens. */
export const authnChecks: readonly Check[] = [
  {
    id: 'authn.valid',
    title: 'a good token is taken',
    run: (subject) => publishes(subject, { header: subject.bench.account.bearer(), expected: 0 }),
  },
  {
    id: 'authn.aged',
    title: 'a token 50 minutes old is taken',
    run: (subject) =>
      publishes(subject, { header: subject.bench.account.bearer({ ageMinutes: 50 }), expected: 0 }),
  },
  {
    id: 'authn.no-token',
    title: 'a publish without token is refused with code 16',
    run: (subject) => isRefused(subject, undefined),
  },
  ...refusedTokens.map(
    ({ name, title, ...fault }): Check => ({
      id: `authn.${name}`,
      title: `a token ${title} is refused with code 16`,
      run: (subject) => isRefused(subject, subject.bench.account.bearer(fault)),
    }),
  ),
  {
    id: 'authn.address-case',
    title: 'a token of the address in lower case is refused with code 16',
    run: (subject) => {
      const { account } = subject.bench
      return isRefused(subject, account.bearer({ address: account.address.toLowerCase() }))
    },
  },
  ...refusedHeaders.map(
    ({ name, title, header }): Check => ({
      id: `authn.${name}`,
      title: `${title} is refused with code 16`,
      run: (subject) => {
        const [, token = ''] = subject.bench.account.bearer().split(' ')
        return isRefused(subject, header(token))
      },
    }),
  ),
  {
    id: 'authn.own-private-store',
    title: 'an account may write to its private store',
    run: (subject) => {
      const { account } = subject.bench
      return publishes(subject, {
        header: account.bearer(),
        expected: 0,
        topic: privateStore(account.address),
      })
    },
  },
  {
    id: 'authn.foreign-private-store',
    title: 'the private store of another account is refused with code 7',
    run: async (subject) => {
      if (await subject.bench.isOpen(subject.api)) return openNode()
      return publishes(subject, {
        header: subject.bench.account.bearer(),
        expected: 7,
        topic: privateStore(stranger),
      })
    },
  },
  {
    id: 'authn.foreign-contact',
    title: 'the contact topic of another account is refused',
    run: async ({ api, bench }) => {
      if (await bench.isOpen(api)) return openNode()
      const envelope = bench.envelope(`/xmtp/0/contact-${stranger}/proto`, 'not mine')
      const { code } = await api.publish([envelope], bench.account.bearer())
      expectEqual('refused', { isRefused: code > 0 }, { isRefused: true })
      return undefined
    },
  },
  {
    id: 'authn.reads',
    title: 'queries need no token, and a bad one does not disturb them',
    run: async ({ api, bench }) => {
      const query = { contentTopics: [bench.freshTopic()] }
      for (const header of [undefined, 'Bearer junk']) {
        const { code } = await api.query(query, header)
        expectEqual('code', { code }, { code: 0 })
      }
      return undefined
    },
  },
]

function openNode() {
  return skip('the node takes publishes without a token')
}

function privateStore(address: string): string {
  return `/xmtp/0/privatestore-${address}/conformance/proto`
}

async function isRefused({ api, bench }: Subject, header: string | undefined) {
  if (await bench.isOpen(api)) return openNode()
  return publishes({ api, bench }, { header, expected: 16 })
}

type Attempt = {
  readonly header: string | undefined
  /** The code that the node is to answer. */
  readonly expected: number
  readonly topic?: string
}

async function publishes({ api, bench }: Subject, attempt: Attempt): Promise<undefined> {
  const { header, expected, topic = bench.freshTopic() } = attempt
  const { code, message } = await api.publish([bench.envelope(topic, 'm')], header)
  requireUnlimited(code, message)
  if (expected === 0) expectEqual('answer', { code, message }, { code: 0, message: '' })
  else expectEqual('code', { code }, { code: expected })
  return undefined
}
