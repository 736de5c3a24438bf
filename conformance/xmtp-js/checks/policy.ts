// What the node refuses, as the published SDK experiences it.

import assert from 'node:assert/strict'
import type { Check } from '../check.ts'
import { newAccount } from '../sdk.ts'

const anyMessage = new Uint8Array(10).fill(7)

export const policyChecks: readonly Check[] = [
  {
    name: 'policy: publishing without a token is answered with code 16 and status 401',
    run: async ({ publish }) => {
      const answer = await publish([{ contentTopic: '/xmtp/0/m-1/proto', message: 'AA==' }])
      assert.deepEqual([answer.status, answer.body.code], [401, 16])
    },
  },
  {
    name: 'policy: a token that is none is answered with code 16 and status 401',
    run: async ({ publish }) => {
      for (const header of ['Bearer', 'Bearer AAAA', 'Basic AAAA', 'Bearer a b', 'x']) {
        const answer = await publish(
          [{ contentTopic: '/xmtp/0/m-1/proto', message: 'AA==' }],
          header,
        )
        assert.deepEqual([answer.status, answer.body.code], [401, 16], header)
      }
    },
  },
  {
    name: 'policy: the contact topic of another account is closed',
    run: async ({ sdkClient }) => {
      const [theirs, other] = [await sdkClient(), newAccount()]
      const contentTopic = `/xmtp/0/contact-${other.address}/proto`
      await assert.rejects(theirs.publishEnvelopes([{ contentTopic, message: anyMessage }]), {
        code: 7,
      })
    },
  },
  {
    name: 'policy: the private store of another account is closed',
    run: async ({ sdkClient }) => {
      const [theirs, other] = [await sdkClient(), newAccount()]
      const contentTopic = `/xmtp/0/privatestore-${other.address}/key_bundle/proto`
      await assert.rejects(theirs.publishEnvelopes([{ contentTopic, message: anyMessage }]), {
        code: 7,
      })
    },
  },
  {
    name: 'policy: junk on the own contact topic is refused and the contact stays',
    run: async ({ sdkClient, ourClient }) => {
      const [theirs, ours] = [await sdkClient(), await ourClient()]
      const contentTopic = `/xmtp/0/contact-${theirs.address}/proto`
      await assert.rejects(theirs.publishEnvelopes([{ contentTopic, message: anyMessage }]))
      assert.equal(await ours.canMessage(theirs.address), true)
    },
  },
  {
    name: 'policy: a message over the limit is refused with code 3, one at the limit is kept',
    run: async ({ sdkClient, url }) => {
      const theirs = await sdkClient()
      const contentTopic = `/xmtp/0/m-limit-${theirs.address}/proto`
      await assert.rejects(
        theirs.publishEnvelopes([{ contentTopic, message: new Uint8Array(1_048_215) }]),
        { code: 3 },
      )
      await theirs.publishEnvelopes([{ contentTopic, message: new Uint8Array(1_048_214) }])
      const answer = await fetch(`${url}/message/v1/query`, {
        method: 'POST',
        body: JSON.stringify({ contentTopics: [contentTopic] }),
      })
      const { envelopes } = (await answer.json()) as { envelopes: { message: string }[] }
      assert.deepEqual(
        envelopes.map(({ message }) => Buffer.from(message, 'base64').length),
        [1_048_214],
      )
    },
  },
  {
    name: 'policy: a topic over the limit is refused with code 3',
    run: async ({ sdkClient }) => {
      const theirs = await sdkClient()
      const contentTopic = `/xmtp/0/m-${'x'.repeat(292)}`
      await assert.rejects(theirs.publishEnvelopes([{ contentTopic, message: anyMessage }]), {
        code: 3,
      })
    },
  },
]
