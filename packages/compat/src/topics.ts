// Names of topics.

import {
  contactTopic,
  conversationTopic,
  directMessageTopic,
  introTopic,
  inviteTopic,
  topicOf,
} from '@posthorn/envelope'
import { addressOf } from './portable-crypto.ts'

/** `/xmtp/0/{name}/proto`. */
export const buildContentTopic: (name: string) => string = topicOf

/** Topic of the V1 conversation of two accounts. @throws ValidationError `identity/bad-address` */
export const buildDirectMessageTopic = (sender: string, recipient: string): string =>
  directMessageTopic(addressOf(sender), addressOf(recipient))

/** Topic of a V2 conversation. */
export const buildDirectMessageTopicV2: (randomString: string) => string = conversationTopic

/** Topic on which an account advertises its keys. @throws ValidationError `identity/bad-address` */
export const buildUserContactTopic = (walletAddr: string): string =>
  contactTopic(addressOf(walletAddr))

/** Topic of an account's first V1 messages. @throws ValidationError `identity/bad-address` */
export const buildUserIntroTopic = (walletAddr: string): string => introTopic(addressOf(walletAddr))

/** Topic of an account's V2 invitations. @throws ValidationError `identity/bad-address` */
export const buildUserInviteTopic = (walletAddr: string): string =>
  inviteTopic(addressOf(walletAddr))

/** Topic of an account's own things, for instance of `0x…/key_bundle`. */
export const buildUserPrivateStoreTopic = (addrPrefixedKey: string): string =>
  topicOf(`privatestore-${addrPrefixedKey}`)
