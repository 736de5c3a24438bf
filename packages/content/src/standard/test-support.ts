// One value of each type, for tests.

import type { CodecRegistry } from '../codec.ts'
import { codecRegistry } from '../codec-registry.ts'
import { standardCodecs } from '../standard-codecs.ts'
import type { Actions } from './actions.ts'
import type { Attachment } from './attachment.ts'
import type { GroupMembershipChange, MembershipChange } from './group-membership-change.ts'
import type { GroupUpdated } from './group-updated.ts'
import type { Reaction } from './reaction.ts'
import type { RemoteStaticAttachment } from './remote-static-attachment.ts'
import type { Reply } from './reply.ts'
import { textType } from './text.ts'
import type { TransactionReference } from './transaction-reference.ts'
import type { WalletSendCalls } from './wallet-send-calls.ts'

/** Every codec. */
export const registry: CodecRegistry = codecRegistry(standardCodecs)

/** A reaction. */
export const reaction: Reaction = {
  action: 'added',
  reference: 'ab',
  schema: 'unicode',
  content: '👍',
}
/** A small file. */
export const file: Attachment = {
  filename: 'a.txt',
  mimeType: 'text/plain',
  data: Uint8Array.of(1, 2),
}
/** A file elsewhere. */
export const remote: RemoteStaticAttachment = {
  url: 'https://example.org/x',
  contentDigest: '0'.repeat(64),
  salt: new Uint8Array(32).fill(1),
  nonce: new Uint8Array(12).fill(2),
  secret: new Uint8Array(32).fill(3),
  scheme: 'https://',
  contentLength: 5,
  filename: 'x',
}

/** A reply of text. */
export const reply: Reply = { reference: 'ab', contentType: textType, content: 'yes' }
/** A member who joined or left. */
export const change: MembershipChange = {
  installationIds: [Uint8Array.of(1)],
  accountAddress: 'a',
  initiatedByAccountAddress: 'b',
}
/** A group change that uses every list. */
export const updated: GroupUpdated = {
  initiatedByInboxId: 'i',
  addedInboxes: [{ inboxId: 'a' }, { inboxId: '' }],
  removedInboxes: [{ inboxId: 'r' }],
  metadataFieldChanges: [{ fieldName: 'name', oldValue: '', newValue: 'n' }, { fieldName: 'x' }],
  leftInboxes: [{ inboxId: 'l' }],
  addedAdminInboxes: [{ inboxId: '1' }],
  removedAdminInboxes: [{ inboxId: '2' }],
  addedSuperAdminInboxes: [{ inboxId: '3' }],
  removedSuperAdminInboxes: [{ inboxId: '4' }],
}

/** A membership change that changes nothing. */
export const noChanges: GroupMembershipChange = {
  membersAdded: [],
  membersRemoved: [],
  installationsAdded: [],
  installationsRemoved: [],
}
/** A payment. */
export const transaction: TransactionReference = {
  namespace: 'eip155',
  networkId: 1,
  reference: '0xab',
  metadata: { amount: 1 },
}
/** A request to a wallet. */
export const request: WalletSendCalls = {
  version: '1',
  chainId: '0x1',
  from: '0xab',
  calls: [{ to: '0xcd', value: '0x0', metadata: { description: 'd' } }, {}],
  capabilities: { paymasterService: { url: 'x' } },
}
/** One button. */
export const actions: Actions = {
  id: 'a',
  description: 'd',
  actions: [{ id: 'x', label: 'l', imageUrl: 'https://a', style: 'danger', expiresAt: 't' }],
  expiresAt: 't',
}
/** Parameters of a remote attachment before XIP-18. */
export const firstForm: Readonly<Record<string, string>> = {
  contentDigest: '0'.repeat(64),
  salt: '1'.repeat(64),
  nonce: '2'.repeat(24),
  secret: '3'.repeat(64),
  scheme: 'https://',
}
