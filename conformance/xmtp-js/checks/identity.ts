import assert from 'node:assert/strict'
import { createClient } from '../../../packages/client/src/index.ts'
import type { Check } from '../check.ts'
import { countingSigner, newAccount, sdk } from '../sdk.ts'

export const identityChecks: readonly Check[] = [
  {
    name: 'identity: the SDK creates its keys with two signatures and loads them with one',
    run: async ({ url }) => {
      const signer = countingSigner(newAccount())
      await sdk.Client.create(signer, { apiUrl: url })
      assert.deepEqual(
        signer.prompts.map((text) => text.split('\n')[0]),
        ['XMTP : Create Identity', 'XMTP : Enable Identity'],
      )
      signer.prompts.length = 0
      await sdk.Client.create(signer, { apiUrl: url })
      assert.deepEqual(
        signer.prompts.map((text) => text.split('\n')[0]),
        ['XMTP : Enable Identity'],
      )
    },
  },
  {
    name: 'identity: our client creates its keys with two signatures and loads them with one',
    run: async ({ url }) => {
      const signer = countingSigner(newAccount())
      await createClient(signer, { url })
      assert.equal(signer.prompts.length, 2)
      await createClient(signer, { url })
      assert.equal(signer.prompts.length, 3)
    },
  },
  {
    name: 'identity: the SDK loads the keys that our client made, with one signature',
    run: async ({ url }) => {
      const account = newAccount()
      const ours = await createClient(account, { url })
      const signer = countingSigner(account)
      const theirs = await sdk.Client.create(signer, { apiUrl: url })
      assert.equal(signer.prompts.length, 1)
      assert.equal(theirs.address, ours.address)
      const exported = await sdk.Client.getKeys(signer, { apiUrl: url })
      assert.deepEqual(new Uint8Array(exported), await ours.exportKeys())
    },
  },
  {
    name: 'identity: our client loads the keys that the SDK made, with one signature',
    run: async ({ url }) => {
      const account = newAccount()
      const signer = countingSigner(account)
      const exported = await sdk.Client.getKeys(signer, { apiUrl: url })
      signer.prompts.length = 0
      const ours = await createClient(signer, { url })
      assert.equal(signer.prompts.length, 1)
      assert.deepEqual(await ours.exportKeys(), new Uint8Array(exported))
    },
  },
  {
    name: 'identity: keys exported by our client open the SDK without any signature',
    run: async ({ url, ourClient }) => {
      const ours = await ourClient()
      const theirs = await sdk.Client.create(null, {
        apiUrl: url,
        privateKeyOverride: await ours.exportKeys(),
      })
      assert.equal(theirs.address, ours.address)
    },
  },
  {
    name: 'identity: keys exported by the SDK open our client without any signature',
    run: async ({ url }) => {
      const account = newAccount()
      const keys = await sdk.Client.getKeys(countingSigner(account), { apiUrl: url })
      const ours = await createClient(new Uint8Array(keys), { url, keystore: 'static' })
      assert.equal(ours.address, account.address)
    },
  },
  {
    name: 'identity: the SDK sees that accounts of both kinds can be written to',
    run: async ({ url, ourClient, sdkClient }) => {
      const [ours, theirs] = [await ourClient(), await sdkClient()]
      assert.equal(await theirs.canMessage(ours.address), true)
      assert.deepEqual(
        await theirs.canMessage([ours.address, newAccount().address, theirs.address]),
        [true, false, true],
      )
      assert.equal(await sdk.Client.canMessage(ours.address, { apiUrl: url }), true)
    },
  },
  {
    name: 'identity: our client sees that accounts of both kinds can be written to',
    run: async ({ ourClient, sdkClient }) => {
      const [ours, theirs] = [await ourClient(), await sdkClient()]
      assert.equal(await ours.canMessage(theirs.address), true)
      assert.equal(await ours.canMessage(theirs.address.toLowerCase()), true)
      assert.equal(await ours.canMessage(newAccount().address), false)
      const asked = [theirs.address, newAccount().address, ours.address]
      assert.deepEqual(await ours.canMessage(asked), [true, false, true])
    },
  },
  {
    name: 'identity: batches of more than fifty addresses are answered',
    run: async ({ ourClient, sdkClient }) => {
      const [ours, theirs] = [await ourClient(), await sdkClient()]
      const many = [...Array.from({ length: 120 }, () => newAccount().address), ours.address]
      const expected = many.map((address) => address === ours.address)
      assert.deepEqual(await theirs.canMessage(many), expected)
      assert.deepEqual(await ours.canMessage(many), expected)
    },
  },
]
