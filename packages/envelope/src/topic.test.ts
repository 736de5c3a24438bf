import { describe, expect, test } from 'vitest'
import {
  contactTopic,
  directMessageTopic,
  ephemeralTopic,
  isEphemeralTopic,
  isPrintableTopic,
  privateStoreTopic,
  topicCategory,
  topicOwner,
} from './topic.ts'

const upper = '0xAa00000000000000000000000000000000000000'
const lower = '0xaB00000000000000000000000000000000000000'

describe('topics', () => {
  test('default: the conversation of two accounts sorts their texts, upper case first', () => {
    expect(directMessageTopic(lower, upper)).toBe(`/xmtp/0/dm-${upper}-${lower}/proto`)
    expect(directMessageTopic(upper, lower)).toBe(directMessageTopic(lower, upper))
  })

  test.each([
    ['/xmtp/0/m-abc/proto', '/xmtp/0/mE-abc/proto'],
    ['/xmtp/0/dm-a-b/proto', '/xmtp/0/dmE-a-b/proto'],
  ])('behavior: %s has an ephemeral sibling', (stored, ephemeral) => {
    expect(ephemeralTopic(stored)).toBe(ephemeral)
    expect(isEphemeralTopic(ephemeral)).toBe(true)
    expect(isEphemeralTopic(stored)).toBe(false)
  })

  test.each([
    ['/xmtp/0/contact-0x1/proto', 'contact'],
    ['/xmtp/0/intro-0x1/proto', 'v1-intro'],
    ['/xmtp/0/dmE-0x1-0x2/proto', 'v1-conversation-ephemeral'],
    ['/xmtp/0/m-1/proto', 'v2-conversation'],
    ['/xmtp/0/privatestore-0x1/key_bundle/proto', 'private'],
    ['/xmtp/0/userpreferences-1/proto', 'userpreferences'],
    ['/xmtp/0/constructor-1/proto', 'invalid'],
    ['/xmtp/0/', 'invalid'],
    ['test-1', 'test'],
    ['/xmtp/1/m-1/proto', 'invalid'],
    ['', 'invalid'],
  ])('behavior: the category of %j is %s', (topic, category) => {
    expect(topicCategory(topic)).toBe(category)
  })
})

describe('topicOwner', () => {
  test.each([
    [contactTopic('0xAb'), '0xAb'],
    [privateStoreTopic('0xAb'), '0xAb'],
    ['/xmtp/0/contact-0xAb-more/proto', '0xAb'],
    ['/xmtp/0/contact/proto', ''],
    ['/xmtp/0/contact-/proto', ''],
    ['/xmtp/0/invite-0xAb/proto', undefined],
    ['/xmtp/0/', undefined],
    ['/xmtp/0', undefined],
    ['//xmtp/0/contact-0xAb/proto', undefined],
  ])('the owner of %j is %j', (topic, owner) => {
    expect(topicOwner(topic)).toBe(owner)
  })
})

describe('isPrintableTopic', () => {
  test.each([
    ['/xmtp/0/m-abc/proto', true],
    ['/xmtp/0/m-a b/proto', false],
    ['/xmtp/0/m-\u0000/proto', false],
    ['/xmtp/0/m-é/proto', false],
    ['m-abc', false],
  ])('%j is %s', (topic, printable) => {
    expect(isPrintableTopic(topic)).toBe(printable)
  })
})
