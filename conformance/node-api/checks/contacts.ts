// Contact topics: who may write what into them, and in which order.

import assert from 'node:assert/strict'
import { type Account, newAccount, nowNs } from '../account.ts'
import type { Check } from '../check.ts'
import { envelopeOf, type World } from '../world.ts'

export const contactChecks: readonly Check[] = [
  contact('both forms of the own bundle are taken, and the same again', async (send, account) => {
    const [v1, v2] = [account.bundle({ version: 'v1' }), account.bundle()]
    assert.equal(await send(account, v1), 0)
    assert.equal(await send(account, v2), 0)
    assert.equal(await send(account, v2), 0)
    assert.equal(await send(account, v1), 0)
  }),
  contact('the bundle of another account is refused', async (send, account) => {
    const other = await newAccount()
    for (const version of ['v1', 'v2'] as const) {
      assert.equal(await send(account, other.bundle({ version })), 7)
    }
  }),
  contact('the own bundle in the topic of another account is refused', async (send, account) => {
    const other = await newAccount()
    assert.equal(await send(account, account.bundle(), { topic: other.contactTopic }), 7)
    assert.equal(await send(account, other.bundle(), { topic: other.contactTopic }), 7)
  }),
  contact(
    'pre-keys that are unsigned or signed by another key are refused',
    async (send, account) => {
      const other = await newAccount()
      for (const version of ['v1', 'v2'] as const) {
        const foreign = account.bundle({ version, preKeySigner: other.identityPrivate })
        assert.equal(await send(account, foreign), 7)
        assert.equal(await send(account, account.bundle({ version, isPreKeyUnsigned: true })), 7)
      }
    },
  ),
  contact('junk, nothing, and truncated bundles are refused', async (send, account) => {
    const whole = account.bundle()
    for (const junk of [
      Buffer.alloc(0),
      Buffer.from([7, 7]),
      whole.subarray(0, -1),
      whole.subarray(9),
    ]) {
      assert.equal(await send(account, junk), 7)
    }
  }),
  contact(
    'an older bundle is refused after a newer one, whatever its envelope says',
    async (send, account) => {
      const older = account.bundle()
      const newer = await account.rekeyed(BigInt(Date.now()) - 1_000n)
      assert.equal(await send(account, older), 0)
      assert.equal(await send(account, newer.bundle()), 0)
      assert.equal(await send(account, older), 7)
      assert.equal(await send(account, older, { timeNs: 1n }), 7)
    },
  ),
  contact('a topic with the address in lower case is nobody’s', async (send, account) => {
    const topic = account.contactTopic.toLowerCase()
    assert.equal(await send(account, account.bundle(), { topic }), 7)
    assert.equal(await send(account, account.bundle(), { topic: '/xmtp/0/contact' }), 7)
    assert.equal(await send(account, account.bundle(), { topic: '/xmtp/0/contact-/proto' }), 7)
  }),
  contact(
    'an envelope an hour ahead is refused, one of now stays readable',
    async (send, account) => {
      assert.equal(await send(account, account.bundle()), 0)
      assert.notEqual(
        await send(account, account.bundle(), { timeNs: nowNs() + 3_600_000_000_000n }),
        0,
      )
      assert.notEqual(await send(account, account.bundle(), { timeNs: 2n ** 64n - 1n }), 0)
    },
  ),
  {
    name: 'contact: a refused bundle leaves the rest of its publish unkept',
    run: async ({ apis, account }) => {
      for (const api of apis) {
        const [mine, other] = [await newAccount(), await newAccount()]
        const topic = `/xmtp/0/m-with-${mine.address}/proto`
        const envelopes = [envelopeOf(topic), envelopeOf(mine.contactTopic, other.bundle())]
        assert.equal((await api.publish(envelopes, mine.bearer())).code, 7)
        assert.deepEqual((await api.query({ contentTopics: [topic] })).reply?.envelopes, [])
        assert.equal((await api.publish([], account.bearer())).code, 0)
      }
    },
  },
]

type Send = (
  account: Account,
  bundle: Uint8Array,
  changed?: { topic?: string; timeNs?: bigint },
) => Promise<number>

function contact(name: string, story: (send: Send, account: Account) => Promise<void>): Check {
  return {
    name: `contact: ${name}`,
    run: async ({ apis }: World) => {
      for (const api of apis) {
        const send: Send = async (account, bundle, { topic, timeNs } = {}) => {
          const envelope = envelopeOf(topic ?? account.contactTopic, bundle, timeNs)
          return (await api.publish([envelope], account.bearer())).code
        }
        await story(send, await newAccount()).catch((error: Error) => {
          throw new Error(`${api.name}: ${error.message}`)
        })
      }
    },
  }
}
