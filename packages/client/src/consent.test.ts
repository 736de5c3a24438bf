import { createConsentProof } from '@posthorn/identity'
import { beforeEach, describe, expect, test } from 'vitest'
import { clock, createWorld, crypto, wallet } from './test-world.ts'

let { open } = createWorld()

beforeEach(() => {
  ;({ open } = createWorld())
})

describe('consent', () => {
  test('default: what one client decides another of the account loads', async () => {
    const signer = wallet()
    const alice = await open(signer)
    const [friend, foe] = [wallet().address, wallet().address]
    await alice.consent.allow([friend.toLowerCase(), foe])
    await alice.consent.deny(foe)
    expect(alice.consent.state(foe)).toBe('denied')
    const second = await open(signer)
    expect(second.consent.state(friend)).toBe('unknown')
    await second.consent.load()
    expect(second.consent.state(friend.toLowerCase())).toBe('allowed')
    expect(second.consent.list()).toEqual([
      { subject: 'address', value: friend, state: 'allowed' },
      { subject: 'address', value: foe, state: 'denied' },
    ])
  })

  test('behavior: a conversation is decided about by its topic, apart from its peer', async () => {
    const signer = wallet()
    const alice = await open(signer)
    const topic = '/xmtp/0/m-1/proto'
    await alice.consent.deny(topic, { subject: 'groupId' })
    const second = await open(signer)
    await second.consent.load()
    expect(second.consent.state(topic, 'groupId')).toBe('denied')
    expect(second.consent.state(wallet().address)).toBe('unknown')
  })

  test('behavior: the last word wins although another client’s clock is ahead', async () => {
    const signer = wallet()
    const ahead = { ...clock, nowMs: () => clock.nowMs() + 60_000 }
    const [here, there] = [await open(signer), await open(signer, { clock: ahead })]
    const other = wallet().address
    await there.consent.deny(other)
    await here.consent.load()
    await here.consent.allow(other)
    await there.consent.load()
    expect(there.consent.state(other)).toBe('allowed')
  })

  test('behavior: writing allows whom nothing was decided about, and nobody else', async () => {
    const signer = wallet()
    const [bob, carol] = [await open(), await open()]
    const first = await open(signer)
    await bob.newConversation(first.address)
    await carol.newConversation(first.address)
    await first.consent.deny(carol.address)
    const alice = await open(signer)
    for (const chat of await alice.conversations()) await chat.send('hi')
    await alice.consent.load()
    expect(alice.consent.state(bob.address)).toBe('allowed')
    expect(alice.consent.state(carol.address)).toBe('denied')
  })

  test('behavior: a consent proof in an invitation is taken up once, and only where it holds', async () => {
    const signer = wallet()
    const [alice, bob, carol] = [await open(signer), await open(), await open()]
    const timestampMs = clock.nowMs() - 1000
    const proof = { signer, broadcasterAddress: bob.address, timestampMs }
    const consentProof = await createConsentProof(crypto, proof)
    await bob.newConversation(alice.address, { consentProof })
    await carol.newConversation(alice.address, { consentProof })
    await alice.consent.load()
    expect(alice.consent.state(bob.address)).toBe('allowed')
    expect(alice.consent.state(carol.address)).toBe('unknown')
    await alice.consent.deny(bob.address)
    await alice.consent.load()
    expect(alice.consent.state(bob.address)).toBe('denied')
  })

  test('behavior: decisions are streamed', async () => {
    const signer = wallet()
    const [here, there] = [await open(signer), await open(signer)]
    const stream = await here.consent.stream()
    const other = wallet().address
    await there.consent.allow(other)
    expect((await stream.next()).value).toEqual({
      subject: 'address',
      value: other,
      state: 'allowed',
    })
    expect(here.consent.state(other)).toBe('allowed')
    await stream.return?.()
  })
})
