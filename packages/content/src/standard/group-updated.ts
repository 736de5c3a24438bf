// xmtp.org/group_updated:1.0: what a commit changed in a group; written by V3 clients, never by people.

import type { ContentCodec } from '../codec.ts'
import type { ContentTypeId } from '../content-type.ts'
import { defined } from './fields.ts'
import {
  messagesIn,
  type ProtobufField,
  type ProtobufMessage,
  readProtobuf,
  textIn,
  unlessEmpty,
  writeProtobuf,
} from './protobuf.ts'

/** A group's name, picture or other property that changed. */
export type MetadataFieldChange = {
  readonly fieldName: string
  readonly oldValue?: string
  readonly newValue?: string
}

/** An inbox that a change concerns. */
export type UpdatedInbox = { readonly inboxId: string }

/** What one commit changed. */
export type GroupUpdated = {
  readonly initiatedByInboxId: string
  readonly addedInboxes: readonly UpdatedInbox[]
  readonly removedInboxes: readonly UpdatedInbox[]
  readonly metadataFieldChanges: readonly MetadataFieldChange[]
  readonly leftInboxes: readonly UpdatedInbox[]
  readonly addedAdminInboxes: readonly UpdatedInbox[]
  readonly removedAdminInboxes: readonly UpdatedInbox[]
  readonly addedSuperAdminInboxes: readonly UpdatedInbox[]
  readonly removedSuperAdminInboxes: readonly UpdatedInbox[]
}

/** `xmtp.org/group_updated:1.0`. */
export const groupUpdatedType: ContentTypeId = {
  authorityId: 'xmtp.org',
  typeId: 'group_updated',
  versionMajor: 1,
  versionMinor: 0,
}

/** Codec of group changes. Decoding throws `content/malformed` or `bytes/not-utf8`. */
export const groupUpdatedCodec: ContentCodec<GroupUpdated> = {
  contentType: groupUpdatedType,
  encode: (updated) => ({
    type: groupUpdatedType,
    parameters: {},
    content: writeProtobuf([
      [1, unlessEmpty(updated.initiatedByInboxId)],
      ...inboxFields(2, updated.addedInboxes),
      ...inboxFields(3, updated.removedInboxes),
      ...updated.metadataFieldChanges.map(changeField),
      ...inboxFields(5, updated.leftInboxes),
      ...inboxFields(6, updated.addedAdminInboxes),
      ...inboxFields(7, updated.removedAdminInboxes),
      ...inboxFields(8, updated.addedSuperAdminInboxes),
      ...inboxFields(9, updated.removedSuperAdminInboxes),
    ]),
  }),
  decode: ({ content }) => {
    const message = readProtobuf(content)
    return {
      initiatedByInboxId: textIn(message, 1) ?? '',
      addedInboxes: inboxesIn(message, 2),
      removedInboxes: inboxesIn(message, 3),
      metadataFieldChanges: messagesIn(message, 4).map(changeOf),
      leftInboxes: inboxesIn(message, 5),
      addedAdminInboxes: inboxesIn(message, 6),
      removedAdminInboxes: inboxesIn(message, 7),
      addedSuperAdminInboxes: inboxesIn(message, 8),
      removedSuperAdminInboxes: inboxesIn(message, 9),
    }
  },
  fallback: () => undefined,
  shouldPush: () => false,
}

function inboxFields(number: number, inboxes: readonly UpdatedInbox[]): ProtobufField[] {
  return inboxes.map(({ inboxId }) => [number, writeProtobuf([[1, unlessEmpty(inboxId)]])])
}

function inboxesIn(message: ProtobufMessage, number: number): UpdatedInbox[] {
  return messagesIn(message, number).map((inbox) => ({ inboxId: textIn(inbox, 1) ?? '' }))
}

function changeField({ fieldName, oldValue, newValue }: MetadataFieldChange): ProtobufField {
  return [
    4,
    writeProtobuf([
      [1, unlessEmpty(fieldName)],
      [2, oldValue],
      [3, newValue],
    ]),
  ]
}

function changeOf(message: ProtobufMessage): MetadataFieldChange {
  return defined({
    fieldName: textIn(message, 1) ?? '',
    oldValue: textIn(message, 2),
    newValue: textIn(message, 3),
  })
}
