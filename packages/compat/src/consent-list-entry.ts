// Decisions of an account about who may write to it.

import { addressOf } from './portable-crypto.ts'

/** `unknown` until the account has decided. */
export type ConsentState = 'allowed' | 'denied' | 'unknown'

/** What a decision is about. */
export type ConsentListEntryType = 'address' | 'groupId' | 'inboxId'

/** One decision. Addresses are in EIP-55 form, whatever they were given as. */
export class ConsentListEntry {
  value: string
  entryType: ConsentListEntryType
  permissionType: ConsentState

  constructor(value: string, entryType: ConsentListEntryType, permissionType: ConsentState) {
    this.value = entryType === 'address' ? normalised(value) : value
    this.entryType = entryType
    this.permissionType = permissionType
  }

  get key(): string {
    return `${this.entryType}-${this.value}`
  }

  static fromAddress(address: string, permissionType: ConsentState = 'unknown'): ConsentListEntry {
    return new ConsentListEntry(address, 'address', permissionType)
  }

  static fromGroupId(groupId: string, permissionType: ConsentState = 'unknown'): ConsentListEntry {
    return new ConsentListEntry(groupId, 'groupId', permissionType)
  }

  static fromInboxId(inboxId: string, permissionType: ConsentState = 'unknown'): ConsentListEntry {
    return new ConsentListEntry(inboxId, 'inboxId', permissionType)
  }
}

// What is no address has never been decided about; asking is no error.
function normalised(value: string): string {
  try {
    return addressOf(value)
  } catch {
    return value
  }
}
