// What must happen when what is stored was changed behind the store's back.

import { toUtf8 } from '@posthorn/bytes'
import { StorageError } from '@posthorn/errors'
// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs the suite brings its runner
import { describe, expect, test } from 'vitest'
import type { Cell, CellEngine } from '../cells/cell-engine.ts'
import type { LocalStore } from '../local-store.ts'
import { allIds, conversation, type Harness, message, openWithConversation } from './fixtures.ts'

const everything = { from: ' ', before: '~', limit: 10_000 }
const peers = [1, 2, 3]

/** Describes damage. */
export function testTampering(newMedium: Harness): void {
  describe('damage', () => {
    testNothingReadable(newMedium)
    testEveryCell(newMedium)
    testRepair(newMedium)
  })
}

function testNothingReadable(newMedium: Harness): void {
  test('default: nothing that was put lies in the clear', async () => {
    await using world = await filled(newMedium)
    await using engine = await world.medium.engine()
    const cells = await engine.scan(everything)
    const text = cells
      .map(({ key, value }) => `${key} ${String.fromCharCode(...value)}`)
      .join(' ')
      .toLowerCase()
    for (const secret of ['text', 'number', 'content', 'xmtp', '0x0', 'theme', 'dark', 'message']) {
      expect(text).not.toContain(secret)
    }
  })
}

function testEveryCell(newMedium: Harness): void {
  test('default: a flipped bit in any cell is found, and nothing else is lost', async () => {
    await using world = await filled(newMedium)
    const { store } = world
    await using engine = await world.medium.engine()
    const intact = await readAll(store)
    expect(intact.errors).toEqual([])
    for (const cell of await engine.scan(everything)) {
      if (cell.value.length === 0) continue
      await flip(engine, cell)
      const { errors, found } = await readAll(store)
      const isMark = cell.key.startsWith('v/format') || cell.key.startsWith('v/segment')
      if (!isMark) expect([cell.key, errors.length]).not.toEqual([cell.key, 0])
      for (const error of errors) expect(error).toBe('local-store/corrupt')
      // Whatever is still read is what was put; a damaged record takes no more than itself along.
      for (const each of found) expect(intact.found).toContain(each)
      expect(intact.found.length - found.length).toBeLessThanOrEqual(1)
      await flip(engine, cell)
    }
    expect(await readAll(store)).toEqual(intact)
  })

  test('behavior: a value at the place of another one is found', async () => {
    await using world = await filled(newMedium)
    await using engine = await world.medium.engine()
    const cells = await engine.scan({ from: 'm/', before: 'm/~', limit: 2 })
    const [a, b] = cells
    if (a === undefined || b === undefined) throw new RangeError('no messages')
    await write(engine, { key: a.key, value: b.value })
    const pages = peers.map((n) =>
      world.store.messages({ topic: conversation(n).topic, direction: 'ascending', limit: 9 }),
    )
    const damaged = (await Promise.all(pages)).map(({ damagedCount }) => damagedCount)
    expect(damaged.toSorted()).toEqual([0, 0, 1])
  })

  test('behavior: an index that leads to a record of another kind is found, and healed by a put', async () => {
    await using world = await filled(newMedium)
    const { store } = world
    await using engine = await world.medium.engine()
    const [place] = await engine.scan({ from: 'c/', before: 'c/~', limit: 1 })
    if (place === undefined) throw new RangeError('no conversation')
    for (const { key } of await engine.scan({ from: 'i/', before: 'i/~', limit: 9 })) {
      await write(engine, { key, value: toUtf8(place.key) })
    }
    await expect(store.message('message 1')).rejects.toMatchObject({ code: 'local-store/corrupt' })
    expect(await store.messagesWithIds(['message 1', 'message 2'])).toEqual([])
    await fill(store)
    expect(await store.message('message 1')).toEqual(message(1))
  })

  test('behavior: a place in a list that was moved is found', async () => {
    await using world = await filled(newMedium)
    await using engine = await world.medium.engine()
    const [place] = await engine.scan({ from: 'l/', before: 'l/~', limit: 1 })
    if (place === undefined) throw new RangeError('no list')
    const key = place.key.replace(/[0-9a-f]{16}/, 'f'.repeat(16))
    const atRevision = await engine.revision()
    await engine.commit({ atRevision, puts: [{ ...place, key }], deletes: [place.key] })
    const page = await world.store.conversations({ limit: 9 })
    expect([page.items.length, page.damagedCount]).toEqual([2, 1])
    await world.store.repair()
    const repaired = await world.store.conversations({ limit: 9 })
    expect([repaired.items.length, repaired.damagedCount]).toEqual([3, 0])
  })

  test('behavior: a store whose mark is damaged opens', async () => {
    await using world = await filled(newMedium)
    await using engine = await world.medium.engine()
    const [mark] = await engine.scan({ from: 'v/format', before: 'v/format~', limit: 1 })
    if (mark === undefined) throw new RangeError('no mark')
    await flip(engine, mark)
    await using again = await world.medium.open()
    expect(await again.message('message 1')).toBeDefined()
  })
}

function testRepair(newMedium: Harness): void {
  test('default: a repair takes damage out, and what is put again is whole', async () => {
    await using world = await filled(newMedium)
    const { store } = world
    await using engine = await world.medium.engine()
    const before = await readAll(store)
    const totals = await store.totals()
    for (const cell of await engine.scan(everything)) {
      if (/^[mclx]|^v\/totals/.test(cell.key) && cell.value.length > 0) await flip(engine, cell)
    }
    expect((await store.repair()).removedCount).toBeGreaterThan(5)
    expect((await readAll(store)).errors).toEqual([])
    await fill(store)
    const after = await readAll(store)
    expect(after.errors).toEqual([])
    expect(after.found.toSorted()).toEqual(before.found.toSorted())
    expect(await store.totals()).toEqual(totals)
  })

  test('behavior: putting a damaged message again heals it without a repair', async () => {
    await using world = await filled(newMedium)
    const { store, topic } = world
    await using engine = await world.medium.engine()
    for (const cell of await engine.scan({ from: 'm/', before: 'm/~', limit: 99 })) {
      await flip(engine, cell)
    }
    await fill(store)
    expect(await allIds(store, topic)).toContain('message 1')
    expect(await store.message('message 1')).toEqual(message(1))
  })
}

async function filled(newMedium: Harness): ReturnType<typeof openWithConversation> {
  const world = await openWithConversation(newMedium)
  await fill(world.store)
  return world
}

async function fill(store: LocalStore): Promise<void> {
  await store.put({
    conversations: peers.map((n) => conversation(n)),
    messages: peers.map((n) => message(n, { topic: conversation(n).topic })),
    settings: [{ key: 'theme', value: 'dark' }],
    drafts: [{ topic: conversation(1).topic, text: 'text', changedNs: 1n }],
    names: [{ query: 'message.eth', value: 'content', fetchedNs: 1n }],
    readMarks: [{ topic: conversation(2).topic, readNs: 9n }],
    consents: [
      { subject: 'address', value: conversation(3).peerAddress, state: 'allowed', decidedNs: 1n },
    ],
  })
}

/** Reads all that was filled in, one by one: what came, and the codes of what did not. */
async function readAll(store: LocalStore): Promise<{ found: string[]; errors: string[] }> {
  const found: string[] = []
  const errors: string[] = []
  const read = async (name: string, reading: Promise<unknown>): Promise<void> => {
    try {
      const value = await reading
      if (value !== undefined) found.push(`${name} ${plain(value)}`)
    } catch (error) {
      errors.push(error instanceof StorageError ? error.code : String(error))
    }
  }
  for (const n of peers) {
    const { topic, peerAddress } = conversation(n)
    await read(`conversation ${n}`, store.conversation(topic))
    await read(`message ${n}`, store.message(`message ${n}`))
    await read(`consent ${n}`, store.consent('address', peerAddress))
    await read(`mark ${n}`, store.readMark(topic))
    await read(`draft ${n}`, store.draft(topic))
  }
  await read('name', store.name('message.eth'))
  await read('setting', store.setting('theme'))
  await read('totals', store.totals())
  const pages = [
    await store.conversations({ limit: 9 }),
    await store.search({ text: 'text', limit: 9 }),
  ]
  for (const page of pages) {
    errors.push(...Array.from({ length: page.damagedCount }, () => 'local-store/corrupt'))
  }
  return { found, errors }
}

// The order of properties is no part of a record.
function plain(value: unknown): string {
  return JSON.stringify(value, (_, each) => {
    if (typeof each === 'bigint') return `${each}n`
    if (typeof each !== 'object' || each === null) return each
    return Object.fromEntries(Object.entries(each).sort(([x], [y]) => (x < y ? -1 : 1)))
  })
}

async function flip(engine: CellEngine, { key }: Cell): Promise<void> {
  const [value] = await engine.get([key])
  const changed = Uint8Array.from(value ?? [])
  const at = changed.length >> 1
  changed[at] = (changed[at] ?? 0) ^ 1
  await write(engine, { key, value: changed })
}

async function write(engine: CellEngine, cell: Cell): Promise<void> {
  const commit = { atRevision: await engine.revision(), puts: [cell], deletes: [] }
  expect(await engine.commit(commit)).toBe(true)
}
