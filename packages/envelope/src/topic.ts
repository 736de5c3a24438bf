// The grammar of content topics: `/xmtp/0/{name}/proto`, where the part of the name before the first
// hyphen says what kind of thing is filed there.

const prefix = '/xmtp/0/'
const suffix = '/proto'

/** Kinds of V1/V2 topics, by the word that starts their name. */
export const topicKinds = {
  contact: 'contact',
  intro: 'v1-intro',
  dm: 'v1-conversation',
  dmE: 'v1-conversation-ephemeral',
  invite: 'v2-invite',
  groupInvite: 'v2-group-invite',
  m: 'v2-conversation',
  mE: 'v2-conversation-ephemeral',
  privatestore: 'private',
  userpreferences: 'userpreferences',
  test: 'test',
} as const

/** The category of a topic; `invalid` stands for every topic that the grammar does not know. */
export type TopicCategory = (typeof topicKinds)[keyof typeof topicKinds] | 'invalid'

/** `/xmtp/0/{name}/proto`. */
export function topicOf(name: string): string {
  return `${prefix}${name}${suffix}`
}

/** Topic on which an account advertises its key bundle. `address` is in EIP-55 form. */
export function contactTopic(address: string): string {
  return topicOf(`contact-${address}`)
}

/** Topic of first V1 messages to and from an account. */
export function introTopic(address: string): string {
  return topicOf(`intro-${address}`)
}

/** Topic of sealed V2 invitations to and from an account. */
export function inviteTopic(address: string): string {
  return topicOf(`invite-${address}`)
}

/** Topic of the V1 conversation of two accounts; the same for both orders. */
export function directMessageTopic(a: string, b: string): string {
  // Order of the checksummed texts, upper case before lower: not the order of the addresses' values.
  const [first, second] = a < b ? [a, b] : [b, a]
  return topicOf(`dm-${first}-${second}`)
}

/** Topic of a V2 conversation; `id` is 64 hex digits (older clients: base64). */
export function conversationTopic(id: string): string {
  return topicOf(`m-${id}`)
}

/** Topic of a V2 conversation that can be closed; `id` is 64 hex digits, the SHA-256 of the closing secret. */
export function closableTopic(id: string): string {
  return topicOf(`m-closable-${id}`)
}

/** Topic on which the closing secret of a conversation is published; nothing else can be published there. */
export function closingTopic(id: string): string {
  return topicOf(`m-closing-${id}`)
}

/** The id in a closable conversation's topic, or in that of its ephemeral messages. */
export function closableTopicId(topic: string): string | undefined {
  return /^\/xmtp\/0\/mE?-closable-([0-9a-f]{64})\/proto$/.exec(topic)?.[1]
}

/** The id in a topic that takes closing secrets. */
export function closingTopicId(topic: string): string | undefined {
  return /^\/xmtp\/0\/m-closing-([0-9a-f]{64})\/proto$/.exec(topic)?.[1]
}

/** Topic on which an account keeps its encrypted private key bundle. */
export function privateStoreTopic(address: string): string {
  return topicOf(`privatestore-${address}/key_bundle`)
}

/** Topic of an account's encrypted consent list. */
export function preferencesTopic(identifier: string): string {
  return topicOf(`userpreferences-${identifier}`)
}

/** The topic of a conversation's messages that are delivered but never stored. */
export function ephemeralTopic(topic: string): string {
  if (topic.startsWith(`${prefix}dm-`)) return topic.replace(`${prefix}dm-`, `${prefix}dmE-`)
  if (topic.startsWith(`${prefix}m-`)) return topic.replace(`${prefix}m-`, `${prefix}mE-`)
  return topic
}

/** Whether messages on this topic are delivered but never stored. */
export function isEphemeralTopic(topic: string): boolean {
  return topic.startsWith(`${prefix}mE-`) || topic.startsWith(`${prefix}dmE-`)
}

/** The category of a topic, for rules, limits and metrics. */
export function topicCategory(topic: string): TopicCategory {
  if (topic.startsWith('test-')) return 'test'
  if (!topic.startsWith(prefix)) return 'invalid'
  const word = topic.slice(prefix.length).split('-', 1)[0] ?? ''
  return Object.hasOwn(topicKinds, word) ? topicKinds[word as keyof typeof topicKinds] : 'invalid'
}

/**
 * The account that alone may publish on a topic, or undefined when everybody may.
 * Contact and private store topics have an owner: the text between the first and the second hyphen of
 * their first path part.
 */
export function topicOwner(topic: string): string | undefined {
  if (!topic.startsWith(prefix)) return undefined
  const [word, owner] = (topic.slice(prefix.length).split('/', 1)[0] ?? '').split('-')
  return word === 'contact' || word === 'privatestore' ? (owner ?? '') : undefined
}

/** Whether a topic's name has only printable ASCII (0x21 to 0x7F), as clients demand of lists. */
export function isPrintableTopic(topic: string): boolean {
  const start = topic.indexOf('0/')
  const end = topic.lastIndexOf(suffix)
  if (start < 0 || end < start + 2) return false
  return /^[\x21-\x7f]*$/.test(topic.slice(start + 2, end))
}
