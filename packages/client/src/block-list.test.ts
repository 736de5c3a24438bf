import { expect, test } from 'vitest'
import { exportBlockList, importBlockList } from './block-list.ts'
import { createWorld, wallet } from './test-world.ts'

test('a block list goes to another account, which keeps its own decisions', async () => {
  const { open } = createWorld()
  const [alice, bob] = [await open(), await open()]
  const [spammer, foe, friend] = [wallet().address, wallet().address, wallet().address]
  await alice.consent.deny([spammer, foe, friend])
  await alice.consent.deny('/xmtp/0/m-1/proto', { subject: 'groupId' })
  await alice.consent.allow(foe)
  await alice.consent.deny(foe)
  await bob.consent.allow(friend)
  const text = exportBlockList(alice)
  expect(await importBlockList(bob, text)).toBe(2)
  expect([spammer, foe, friend].map((each) => bob.consent.state(each))).toEqual([
    'denied',
    'denied',
    'allowed',
  ])
  expect(await importBlockList(bob, text)).toBe(0)
  expect(JSON.parse(exportBlockList(bob)).addresses).toEqual([spammer, foe].sort())
})

test('entries that are no addresses are passed over, and what is no list is refused', async () => {
  const alice = await createWorld().open()
  const head = { format: 'posthorn-block-list', version: 1 }
  const text = JSON.stringify({ ...head, addresses: ['bob', 5, null, '0x12'] })
  expect(await importBlockList(alice, text)).toBe(0)
  const bad = ['', '{}', '[]', 'null', JSON.stringify({ ...head, version: 2, addresses: [] })]
  for (const each of [...bad, JSON.stringify(head)]) {
    const code = 'consent/bad-block-list'
    await expect(importBlockList(alice, each)).rejects.toMatchObject({ code })
  }
})
