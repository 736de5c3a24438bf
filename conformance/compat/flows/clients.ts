// Creating clients, and asking who can be written to.

import { type Flow, isRefused } from '../flow.ts'

const nobody = '0x00000000000000000000000000000000DeaDBeef'

const creation: Flow = {
  name: 'a client is created, created again, and created of its keys',
  run: async ({ api, url, wallet }) => {
    const signer = wallet()
    const told: string[] = []
    const first = await api.Client.create(signer, {
      apiUrl: url,
      preCreateIdentityCallback: async () => void told.push('create'),
      preEnableIdentityCallback: async () => void told.push('enable'),
    })
    const promptsOfFirst = signer.prompts.length
    const again = await api.Client.create(signer, { env: 'local', apiUrl: url })
    const promptsOfSecond = signer.prompts.length - promptsOfFirst
    const keys = await api.Client.getKeys(signer, { apiUrl: url })
    const other = await api.Client.create(null, { apiUrl: url, privateKeyOverride: keys })
    return {
      told,
      promptsOfFirst,
      promptsOfSecond,
      prompts: signer.prompts.map((text) => text.split('\n')[0]),
      addresses: [first.address, again.address, other.address],
      isKeys: keys instanceof Uint8Array,
      withoutWallet: await isRefused(() => api.Client.create(null, { apiUrl: url })),
    }
  },
}

const joining: Flow = {
  name: 'who can be written to, one and many',
  run: async ({ api, url, client, wallet }) => {
    const [alice, bob, hidden] = [
      await client(),
      await client(),
      await client({ skipContactPublishing: true }),
    ]
    const lower = bob.address.toLowerCase()
    const options = { apiUrl: url }
    return {
      known: await alice.canMessage(bob.address),
      lower: await alice.canMessage(lower),
      never: await alice.canMessage(wallet().address),
      hidden: await alice.canMessage(hidden.address),
      many: await alice.canMessage([lower, nobody.toLowerCase(), alice.address]),
      none: await alice.canMessage([]),
      bad: await alice.canMessage('bob'),
      manyBad: await alice.canMessage([lower, 'bob']),
      static: await api.Client.canMessage(lower, options),
      staticNever: await api.Client.canMessage(nobody.toLowerCase(), options),
      staticBad: await api.Client.canMessage('bob', options),
      staticMany: await api.Client.canMessage([lower, nobody.toLowerCase()], options),
      staticManyBad: await isRefused(() => api.Client.canMessage([lower, 'bob'], options)),
    }
  },
}

const contacts: Flow = {
  name: 'the keys that accounts advertise',
  run: async ({ api, client }) => {
    const [alice, bob, old] = [
      await client(),
      await client(),
      await client({ publishLegacyContact: true }),
    ]
    const contact = await alice.getUserContact(bob.address.toLowerCase())
    const both = await alice.getUserContacts([bob.address, nobody.toLowerCase(), old.address])
    alice.forgetContact(bob.address.toLowerCase())
    const topic = api.buildUserContactTopic(bob.address)
    const bundles = await alice.listEnvelopes(topic, async ({ message }) =>
      api.decodeContactBundle(message),
    )
    await alice.publishUserContact()
    await alice.publishUserContact(true)
    return {
      isSigned: contact instanceof api.SignedPublicKeyBundle,
      address: await contact?.walletSignatureAddress(),
      kinds: both.map((bundle) => [
        bundle instanceof api.SignedPublicKeyBundle,
        bundle instanceof api.PublicKeyBundle,
      ]),
      addresses: await Promise.all(bundles.map((bundle) => bundle.walletSignatureAddress())),
      published: bundles.map((bundle) => bundle instanceof api.SignedPublicKeyBundle),
      isOwn:
        contact instanceof api.SignedPublicKeyBundle && bob.signedPublicKeyBundle.equals(contact),
      bytes: bob.publicKeyBundle.equals(
        api.PublicKeyBundle.fromBytes(bob.publicKeyBundle.toBytes()),
      ),
      isLegacy: bob.signedPublicKeyBundle.isFromLegacyBundle(),
      nonsense: await isRefused(() => api.decodeContactBundle(Uint8Array.of(1, 2, 3))),
      own: (await alice.listEnvelopes(api.buildUserContactTopic(alice.address), async () => 0))
        .length,
      isBad: await isRefused(() => alice.getUserContact('bob')),
    }
  },
}

export const clientFlows: readonly Flow[] = [creation, joining, contacts]
