// Whom the account wants to hear from.

import type { ConsentItem } from '@posthorn/client'
import type { Anything } from './anything.ts'
import type { OnConnectionLostCallback } from './api-client.ts'
import type { ClientFace } from './client-face.ts'
import {
  ConsentListEntry,
  type ConsentListEntryType,
  type ConsentState,
} from './consent-list-entry.ts'
import { partsOf } from './parts.ts'
import { Stream, streamOptionsOf } from './stream.ts'

/** A decision as the account's clients note it. */
export type PrivatePreferencesAction = {
  allowAddress?: { walletAddresses: string[] } | undefined
  denyAddress?: { walletAddresses: string[] } | undefined
  allowGroup?: { groupIds: string[] } | undefined
  denyGroup?: { groupIds: string[] } | undefined
  allowInboxId?: { inboxIds: string[] } | undefined
  denyInboxId?: { inboxIds: string[] } | undefined
}

/** The decisions of an account. */
export class Contacts {
  /** Peers that V1 messages were sent to. */
  readonly addresses: Set<string> = new Set()
  readonly client: ClientFace
  // Set by the application; then it counts instead of what lies on the network.
  #given: Map<string, ConsentState> | undefined

  constructor(client: ClientFace<Anything>) {
    this.client = client
  }

  /** Reads what the account's clients have decided since the last time; all of it, whatever the time given. */
  async loadConsentList(_startTime?: Date): Promise<Map<string, ConsentState>> {
    const { consent } = partsOf(this.client).inner
    await consent.load()
    this.#given = undefined
    return new Map(
      consent.list().map(({ subject, value, state }) => [`${subject}-${value}`, state]),
    )
  }

  /** Reads everything again. */
  refreshConsentList(): Promise<Map<string, ConsentState>> {
    return this.loadConsentList()
  }

  /** Decisions as they are made, by this client and the account's others. */
  async streamConsentList(
    onConnectionLost?: OnConnectionLostCallback,
  ): Promise<Stream<PrivatePreferencesAction, Anything>> {
    const options = streamOptionsOf(onConnectionLost)
    const source = await partsOf(this.client).inner.consent.stream(options)
    return new Stream(this.client, source, actionOf)
  }

  /** Puts entries in the place of all that is known, without telling the network. */
  setConsentListEntries(entries: ConsentListEntry[]): void {
    if (entries.length === 0) return
    const decided = entries.filter(({ permissionType }) => permissionType !== 'unknown')
    this.#given = new Map(decided.map(({ key, permissionType }) => [key, permissionType]))
  }

  isAllowed(address: string): boolean {
    return this.consentState(address) === 'allowed'
  }

  isDenied(address: string): boolean {
    return this.consentState(address) === 'denied'
  }

  isGroupAllowed(groupId: string): boolean {
    return this.groupConsentState(groupId) === 'allowed'
  }

  isGroupDenied(groupId: string): boolean {
    return this.groupConsentState(groupId) === 'denied'
  }

  isInboxAllowed(inboxId: string): boolean {
    return this.inboxConsentState(inboxId) === 'allowed'
  }

  isInboxDenied(inboxId: string): boolean {
    return this.inboxConsentState(inboxId) === 'denied'
  }

  consentState(address: string): ConsentState {
    return this.#state(ConsentListEntry.fromAddress(address))
  }

  groupConsentState(groupId: string): ConsentState {
    return this.#state(ConsentListEntry.fromGroupId(groupId))
  }

  inboxConsentState(inboxId: string): ConsentState {
    return this.#state(ConsentListEntry.fromInboxId(inboxId))
  }

  allow(addresses: string[]): Promise<void> {
    return this.#decide('address', addresses, 'allowed')
  }

  deny(addresses: string[]): Promise<void> {
    return this.#decide('address', addresses, 'denied')
  }

  allowGroups(groupIds: string[]): Promise<void> {
    return this.#decide('groupId', groupIds, 'allowed')
  }

  denyGroups(groupIds: string[]): Promise<void> {
    return this.#decide('groupId', groupIds, 'denied')
  }

  allowInboxes(inboxIds: string[]): Promise<void> {
    return this.#decide('inboxId', inboxIds, 'allowed')
  }

  denyInboxes(inboxIds: string[]): Promise<void> {
    return this.#decide('inboxId', inboxIds, 'denied')
  }

  #state({ key, value, entryType }: ConsentListEntry): ConsentState {
    if (this.#given !== undefined) return this.#given.get(key) ?? 'unknown'
    if (entryType === 'address' && !isAddressLike(value)) return 'unknown'
    return partsOf(this.client).inner.consent.state(value, entryType)
  }

  async #decide(
    type: ConsentListEntryType,
    values: readonly string[],
    decision: 'allowed' | 'denied',
  ): Promise<void> {
    const entries = values.map((value) => new ConsentListEntry(value, type, decision))
    const { consent } = partsOf(this.client).inner
    const decide = decision === 'allowed' ? consent.allow : consent.deny
    await decide(
      entries.map(({ value }) => value),
      { subject: type },
    )
    for (const { key } of entries) this.#given?.set(key, decision)
  }
}

function isAddressLike(text: string): boolean {
  return /^0x[0-9a-fA-F]{40}$/.test(text)
}

function actionOf({ subject, value, state }: ConsentItem): PrivatePreferencesAction {
  const isAllowed = state === 'allowed'
  switch (subject) {
    case 'address': {
      const action = { walletAddresses: [value] }
      return isAllowed ? { allowAddress: action } : { denyAddress: action }
    }
    case 'groupId':
      return isAllowed
        ? { allowGroup: { groupIds: [value] } }
        : { denyGroup: { groupIds: [value] } }
    case 'inboxId': {
      const action = { inboxIds: [value] }
      return isAllowed ? { allowInboxId: action } : { denyInboxId: action }
    }
  }
}
