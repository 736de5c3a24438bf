import { readFile } from 'node:fs/promises'
import { loadCrypto } from '@posthorn/crypto'
import { contactTopic, privateStoreTopic } from '@posthorn/envelope'
import { createVirtualClock } from '@posthorn/testing'
import { AuthData, type Envelope, Token } from '@posthorn/wire'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ApiClient } from './contract/api-client.ts'
import { createTestAccount, type TestAccount } from './contract/test-account.ts'
import { clientOf, protocols, startTestNode, type TestNode } from './contract/test-node.ts'

const nsPerMinute = 60_000_000_000n
const clock = createVirtualClock()
const envelope: Envelope = {
  contentTopic: '/xmtp/0/m-1/proto',
  timestampNs: 1n,
  message: Buffer.from('a'),
}

let testNode: TestNode
let alice: TestAccount
let bob: TestAccount

beforeAll(async () => {
  testNode = await startTestNode({ auth: 'on' }, { clock })
  alice = await createTestAccount(1, clock.nowMs())
  bob = await createTestAccount(2, clock.nowMs())
})
afterAll(() => testNode[Symbol.asyncDispose]())

function tokenOf(authorization: string): Token {
  return Token.decode(Buffer.from(authorization.slice('Bearer '.length), 'base64'))
}

function bearer(token: Token): string {
  return `Bearer ${Buffer.from(Token.encode(token).finish()).toString('base64')}`
}

/** Every way in which a header may be wrong, and the words that clients know. */
async function faults(): Promise<readonly (readonly [string, string | undefined, string])[]> {
  const nowNs = clock.nowNs()
  const good = alice.authorization(nowNs)
  const token = tokenOf(good)
  const crypto = await loadCrypto()
  const signed = (data: AuthData): Token => {
    const authDataBytes = AuthData.encode(data).finish()
    const digest = crypto.hash.keccak256(authDataBytes)
    const { compact, recovery } = crypto.curve.sign(digest, alice.keys.identityKey.secret)
    return {
      ...token,
      authDataBytes,
      authDataSignature: {
        union: { $case: 'ecdsaCompact', value: { bytes: compact, recovery } },
      },
    }
  }
  const highS = (() => {
    const union = token.authDataSignature?.union
    if (union?.$case !== 'ecdsaCompact') return token
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
    const s = BigInt(`0x${Buffer.from(union.value.bytes.subarray(32)).toString('hex')}`)
    const flipped = Buffer.from((order - s).toString(16).padStart(64, '0'), 'hex')
    const bytes = Buffer.concat([union.value.bytes.subarray(0, 32), flipped])
    const value = { bytes, recovery: 1 - union.value.recovery }
    return { ...token, authDataSignature: { union: { $case: 'ecdsaCompact' as const, value } } }
  })()
  const bobToken = tokenOf(bob.authorization(nowNs))
  return [
    ['no header', undefined, 'authorization token is not provided'],
    ['one word', 'Bearer', 'invalid authorization header'],
    ['another scheme', good.replace('Bearer', 'Basic'), 'unrecognized authorization scheme Basic'],
    ['lower-case scheme', good.replace('Bearer', 'bearer'), 'unrecognized authorization scheme'],
    ['not base64', 'Bearer !!!!', 'extracting token'],
    ['not protobuf', 'Bearer /////w==', 'extracting token'],
    ['no identity key', bearer({ ...token, identityKey: undefined }), 'missing identity key'],
    ['no auth data', bearer({ ...token, authDataBytes: new Uint8Array(0) }), 'validating token'],
    ['no signature', bearer({ ...token, authDataSignature: undefined }), 'validating token'],
    [
      'signature of another',
      bearer({ ...token, authDataSignature: bobToken.authDataSignature }),
      'validating token',
    ],
    ['malleated signature', bearer(highS), 'validating token'],
    [
      'identity of another',
      bearer({ ...token, identityKey: bobToken.identityKey }),
      'validating token',
    ],
    [
      'wallet of another',
      bearer(signed({ walletAddr: bob.address, createdNs: nowNs })),
      'validating token',
    ],
    [
      'address in lower case',
      bearer(signed({ walletAddr: alice.address.toLowerCase(), createdNs: nowNs })),
      'validating token',
    ],
    ['expired', alice.authorization(nowNs - 60n * nsPerMinute - 1n), 'token expired'],
    ['from the future', alice.authorization(nowNs + 5n * nsPerMinute + 1n), 'future'],
    [
      'from the end of time',
      bearer(signed({ walletAddr: alice.address, createdNs: 2n ** 64n - 1n })),
      'future',
    ],
    [
      'from the beginning of time',
      bearer(signed({ walletAddr: alice.address, createdNs: 0n })),
      'token expired',
    ],
  ]
}

describe.each(protocols)('authentication over %s', (protocol) => {
  const client = (): ApiClient => clientOf(testNode, protocol)

  test('publish with a good token is accepted, again and again', async () => {
    const authorization = alice.authorization(clock.nowNs())
    expect((await client().publish([envelope], authorization)).status).toBe(0)
    expect((await client().publish([envelope], authorization)).status).toBe(0)
  })

  test('publish is refused for every fault of a token', async () => {
    for (const [name, authorization, text] of await faults()) {
      const refused = await client().publish([envelope], authorization)
      expect(refused, name).toMatchObject({ status: 16 })
      expect(refused.message, name).toContain(text)
      expect(refused.code, name).toMatch(/^identity\/token-/)
      if (protocol === 'json') expect(refused.httpStatus, name).toBe(401)
    }
  })

  test('publish is refused when a remembered token has expired', async () => {
    const account = await createTestAccount(30 + protocols.indexOf(protocol), clock.nowMs())
    const authorization = account.authorization(clock.nowNs())
    expect((await client().publish([envelope], authorization)).status).toBe(0)
    clock.shiftWallClock(61 * 60_000)
    const refused = await client().publish([envelope], authorization)
    clock.shiftWallClock(-61 * 60_000)
    expect(refused).toMatchObject({ status: 16, code: 'identity/token-expired' })
  })

  test('publish on the private store and contact topics is for their owner alone', async () => {
    const authorization = alice.authorization(clock.nowNs())
    const own = { ...envelope, contentTopic: privateStoreTopic(alice.address) }
    expect((await client().publish([own], authorization)).status).toBe(0)
    for (const contentTopic of [
      privateStoreTopic(bob.address),
      contactTopic(bob.address),
      privateStoreTopic(alice.address.toLowerCase()),
      '/xmtp/0/privatestore-/key_bundle/proto',
    ]) {
      const refused = await client().publish([{ ...envelope, contentTopic }], authorization)
      expect(refused).toMatchObject({ status: 7, code: 'publish/restricted-topic' })
      expect(refused.message).toContain('publishing to restricted topic')
    }
    const mixed = await client().publish(
      [
        { ...envelope, timestampNs: 77n },
        { ...envelope, contentTopic: privateStoreTopic(bob.address) },
      ],
      authorization,
    )
    expect(mixed.status).toBe(7)
    const { reply } = await client().query({
      contentTopics: [envelope.contentTopic],
      startTimeNs: 77n,
    })
    expect(reply?.envelopes).toEqual([])
  })

  test('query and subscribe need no token', async () => {
    expect((await client().query({ contentTopics: ['a'] })).status).toBe(0)
    const live = await client().subscribe(['a'])
    expect(live.isSubscribed).toBe(true)
    live.cancel()
  })
})

test('a refused token says so in WWW-Authenticate', async () => {
  const reply = await testNode.json.post('/message/v1/publish', '{}')
  expect(reply.httpStatus).toBe(401)
  expect(reply.headers.get('www-authenticate')).toContain('authorization token is not provided')
})

test('tokens of xmtp-js are taken', async () => {
  const text = await readFile(
    new URL('../../../vectors/v2/auth_token.json', import.meta.url),
    'utf8',
  )
  const { cases } = JSON.parse(text)
  const [{ input, expect: frozen }] = cases
  const then = createVirtualClock(Number(BigInt(input.created_ns) / 1_000_000n))
  await using node = await startTestNode({ auth: 'on' }, { clock: then })
  const published = await node.json.publish([envelope], frozen.authorization_header)
  expect(published.status).toBe(0)
})
