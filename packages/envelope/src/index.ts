export type { Direction, TimeCursor } from './cursor.ts'
export { envelopeDigest } from './digest.ts'
export { checkEnvelope, type Envelope } from './envelope.ts'
export {
  maxBatchQueries,
  maxMessageBytes,
  maxPreferencesQueryRows,
  maxQueryRows,
  maxTimestampNs,
  maxTopicBytes,
} from './limits.ts'
export { compareCursors } from './order.ts'
export {
  closableTopic,
  closableTopicId,
  closingTopic,
  closingTopicId,
  contactTopic,
  conversationTopic,
  directMessageTopic,
  ephemeralTopic,
  introTopic,
  inviteTopic,
  isEphemeralTopic,
  isPrintableTopic,
  preferencesTopic,
  privateStoreTopic,
  type TopicCategory,
  topicCategory,
  topicOf,
  topicOwner,
} from './topic.ts'
