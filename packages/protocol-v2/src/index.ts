// The V1/V2 protocol as pure functions: bytes and state in, bytes and state out.

export { consentIdentifier, consentTopic, openConsentAction, sealConsentAction } from './consent.ts'
export {
  type ConsentAction,
  type ConsentDecision,
  type ConsentSubject,
  decodeConsentAction,
  encodeConsentAction,
} from './consent-action.ts'
export {
  applyConsent,
  type ConsentEntry,
  type ConsentList,
  type ConsentRow,
  consentKey,
  consentState,
  emptyConsentList,
} from './consent-list.ts'
export { type ContactEnvelopesInput, contactEnvelopes, newestContact } from './contact.ts'
export {
  type Conversation,
  type ConversationReference,
  type ConversationV1,
  type ConversationV1Input,
  type ConversationV2,
  conversationV1,
} from './conversation.ts'
export {
  type CacheLocation,
  cacheKey,
  decodeConversations,
  encodeConversations,
  encodeRevision,
  revisionKey,
} from './conversation-map.ts'
export {
  type DecodedMessage,
  decodeDecodedMessage,
  encodeDecodedMessage,
} from './decoded-message.ts'
export { type HmacKey, type HmacKeyInput, hmacKey, hmacKeysAround, hmacPeriod } from './hmac-key.ts'
export {
  type ConversationContext,
  decodeInvitation,
  encodeInvitation,
  type Invitation,
} from './invitation.ts'
export {
  type AgreementInput,
  type AgreementRole,
  agreeOnSecret,
  findPreKey,
  swapRole,
} from './key-agreement.ts'
export { createKeyBundleCache, type KeyBundleCache } from './key-bundle-cache.ts'
export type { Keystore } from './keystore/keystore.ts'
export { createMemoryKeystore } from './keystore/memory-keystore.ts'
export {
  type CreateKeystoreInput,
  createKeystore,
  importKeystore,
  type RestoredKeystore,
  type RestoreKeystoreInput,
  restoreKeystore,
} from './keystore/open-keystore.ts'
export type { LocalIdentity } from './local-identity.ts'
export {
  type OpenMessageInput,
  openMessage,
  type SealMessageInput,
  sealMessage,
} from './message.ts'
export { messageId } from './message-id.ts'
export {
  type OpenMessageV1Input,
  openMessageV1,
  type SealMessageV1Input,
  sealMessageV1,
} from './message-v1.ts'
export type { OpenedMessage, SealedMessage } from './opened-message.ts'
export { openPrivateEntry, privateLogTopic, sealPrivateEntry } from './private-log.ts'
export {
  type CreatedInvitation,
  type CreateInvitationInput,
  createInvitation,
  type OpenedInvitation,
  type OpenInvitationInput,
  openInvitation,
  type SealInvitationInput,
  sealInvitation,
} from './sealed-invitation.ts'
export {
  openRecord,
  type RecordCrypto,
  type RecordKey,
  sealRecord,
} from './sealed-record.ts'
export {
  type ClosingSecretInput,
  closingSecret,
  deriveClosableTopic,
  deriveTopicKey,
  derivingRole,
  type TopicKeyInput,
} from './topic-key.ts'
export {
  type ContactEnvelopeInput,
  type VerifiedContact,
  verifyContactEnvelope,
} from './verify.ts'
