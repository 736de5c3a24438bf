// Whom an account wants to hear from.

import { type Flow, take } from '../flow.ts'
import { settled } from './conversations.ts'

const deciding: Flow = {
  name: 'decisions are made, kept on the network and read by another client',
  run: async ({ client, wallet }) => {
    const signer = wallet()
    const [alice, bob, carol, dan] = [
      await client({ wallet: signer }),
      await client(),
      await client(),
      await client(),
    ]
    const { contacts } = alice
    const before = contacts.consentState(bob.address)
    const chat = await alice.conversations.newConversation(bob.address)
    const begun = chat.consentState
    await contacts.deny([carol.address])
    await chat.deny()
    const denied = [
      chat.isDenied,
      contacts.isDenied(carol.address),
      contacts.isAllowed(bob.address),
    ]
    await settled()
    await chat.allow()
    await contacts.allowGroups(['group 1'])
    await contacts.denyGroups(['group 2'])
    await contacts.allowInboxes(['inbox 1'])
    await contacts.denyInboxes(['inbox 2'])
    const other = await client({ wallet: signer })
    const unread = other.contacts.consentState(bob.address)
    const loaded = await other.contacts.loadConsentList()
    const refreshed = await other.contacts.refreshConsentList()
    return {
      before,
      begun,
      denied,
      unread,
      states: [bob, carol, dan].map(({ address }) => other.contacts.consentState(address)),
      groups: ['group 1', 'group 2', 'group 3'].map((id) => [
        other.contacts.groupConsentState(id),
        other.contacts.isGroupAllowed(id),
        other.contacts.isGroupDenied(id),
      ]),
      inboxes: ['inbox 1', 'inbox 2', 'inbox 3'].map((id) => [
        other.contacts.inboxConsentState(id),
        other.contacts.isInboxAllowed(id),
        other.contacts.isInboxDenied(id),
      ]),
      loaded: entriesOf(loaded),
      refreshed: entriesOf(refreshed),
      nonsense: other.contacts.consentState('nonsense'),
      ofConversation: (await other.conversations.list()).map(({ isAllowed }) => isAllowed),
    }
  },
}

const writing: Flow = {
  name: 'whom one writes to is allowed',
  run: async ({ client }) => {
    const [alice, bob] = [await client(), await client()]
    await alice.conversations.newConversation(bob.address)
    const [chat] = await bob.conversations.list()
    const before = chat?.consentState
    await chat?.send('hello')
    return {
      before,
      after: chat?.consentState,
      list: entriesOf(await bob.contacts.loadConsentList()),
    }
  },
}

const given: Flow = {
  name: 'an application brings its own list',
  run: async ({ api, client }) => {
    const [alice, bob, carol] = [await client(), await client(), await client()]
    await alice.contacts.allow([bob.address])
    const entries = [
      api.ConsentListEntry.fromAddress(carol.address, 'allowed'),
      api.ConsentListEntry.fromAddress(alice.address, 'denied'),
      api.ConsentListEntry.fromAddress(alice.address.replace(/..$/, '00'), 'unknown'),
    ]
    alice.contacts.setConsentListEntries(entries)
    const after = [bob, carol, alice].map(({ address }) => alice.contacts.consentState(address))
    alice.contacts.setConsentListEntries([])
    const unchanged = alice.contacts.isAllowed(carol.address)
    await alice.contacts.loadConsentList()
    return {
      entries: entries
        .slice(0, 2)
        .map(({ key, value, entryType, permissionType }) => [
          key,
          value,
          entryType,
          permissionType,
        ]),
      other: api.ConsentListEntry.fromGroupId('g').key,
      inbox: [
        api.ConsentListEntry.fromInboxId('i').key,
        new api.ConsentListEntry('i', 'inboxId', 'denied').permissionType,
      ],
      after,
      unchanged,
      loaded: [bob, carol].map(({ address }) => alice.contacts.consentState(address)),
    }
  },
}

const following: Flow = {
  name: 'decisions are followed',
  run: async ({ client, wallet }) => {
    const signer = wallet()
    const [here, there] = [await client({ wallet: signer }), await client({ wallet: signer })]
    const peer = await client()
    const stream = await here.contacts.streamConsentList()
    await settled()
    await there.contacts.deny([peer.address])
    const [action] = await take(stream, 1)
    return {
      denied: action?.denyAddress?.walletAddresses,
      allowed: action?.allowAddress ?? undefined,
      state: here.contacts.consentState(peer.address),
    }
  },
}

function entriesOf(list: Map<string, string>): Record<string, string> {
  return Object.fromEntries(list)
}

export const consentFlows: readonly Flow[] = [deciding, writing, given, following]
