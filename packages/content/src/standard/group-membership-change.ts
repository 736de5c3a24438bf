// xmtp.org/group_membership_change:1.0: what came before group_updated, in old V3 histories.

import type { ContentCodec } from '../codec.ts'
import type { ContentTypeId } from '../content-type.ts'
import {
  listIn,
  messagesIn,
  type ProtobufField,
  type ProtobufMessage,
  readProtobuf,
  textIn,
  unlessEmpty,
  writeProtobuf,
} from './protobuf.ts'

/** A member and the installations that a change concerns. */
export type MembershipChange = {
  readonly installationIds: readonly Uint8Array[]
  readonly accountAddress: string
  readonly initiatedByAccountAddress: string
}

/** Who joined and left a group. */
export type GroupMembershipChange = {
  readonly membersAdded: readonly MembershipChange[]
  readonly membersRemoved: readonly MembershipChange[]
  readonly installationsAdded: readonly MembershipChange[]
  readonly installationsRemoved: readonly MembershipChange[]
}

/** `xmtp.org/group_membership_change:1.0`. */
export const groupMembershipChangeType: ContentTypeId = {
  authorityId: 'xmtp.org',
  typeId: 'group_membership_change',
  versionMajor: 1,
  versionMinor: 0,
}

/** Codec of membership changes. Decoding throws `content/malformed` or `bytes/not-utf8`. */
export const groupMembershipChangeCodec: ContentCodec<GroupMembershipChange> = {
  contentType: groupMembershipChangeType,
  encode: (change) => ({
    type: groupMembershipChangeType,
    parameters: {},
    content: writeProtobuf([
      ...changeFields(1, change.membersAdded),
      ...changeFields(2, change.membersRemoved),
      ...changeFields(3, change.installationsAdded),
      ...changeFields(4, change.installationsRemoved),
    ]),
  }),
  decode: ({ content }) => {
    const message = readProtobuf(content)
    return {
      membersAdded: messagesIn(message, 1).map(changeOf),
      membersRemoved: messagesIn(message, 2).map(changeOf),
      installationsAdded: messagesIn(message, 3).map(changeOf),
      installationsRemoved: messagesIn(message, 4).map(changeOf),
    }
  },
  fallback: () => undefined,
  shouldPush: () => false,
}

function changeFields(number: number, changes: readonly MembershipChange[]): ProtobufField[] {
  return changes.map(({ installationIds, accountAddress, initiatedByAccountAddress }) => [
    number,
    writeProtobuf([
      ...installationIds.map((id): ProtobufField => [1, id]),
      [2, unlessEmpty(accountAddress)],
      [3, unlessEmpty(initiatedByAccountAddress)],
    ]),
  ])
}

function changeOf(message: ProtobufMessage): MembershipChange {
  return {
    installationIds: listIn(message, 1),
    accountAddress: textIn(message, 2) ?? '',
    initiatedByAccountAddress: textIn(message, 3) ?? '',
  }
}
