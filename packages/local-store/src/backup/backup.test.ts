import { concatBytes } from '@posthorn/bytes'
import { loadCrypto } from '@posthorn/crypto'
import { describe, expect, test } from 'vitest'
import { conversation, message, storeKey } from '../contract/fixtures.ts'
import type { LocalStore } from '../local-store.ts'
import { openMemoryStore } from '../memory.ts'
import { backUp, restore } from './backup.ts'
import { exportLines, importLines } from './json-lines.ts'

const crypto = await loadCrypto()
const key = new Uint8Array(32).fill(3)
const openStore = (storeKeyByte = 7) =>
  openMemoryStore({ crypto, key: storeKey.map(() => storeKeyByte) })

/** Something of every kind, and more than three chunks of it. */
async function fill(store: LocalStore): Promise<void> {
  const { topic, peerAddress } = conversation(1)
  await store.put({
    conversations: [conversation(1), conversation(2)],
    messages: Array.from({ length: 600 }, (_, n) =>
      message(n, { content: new Uint8Array(200).fill(n), sequence: n, copyKey: `copy ${n}` }),
    ),
    readMarks: [{ topic, readNs: 299n }],
    consents: [{ subject: 'address', value: peerAddress, state: 'allowed', decidedNs: 4n }],
    drafts: [{ topic, text: 'é\n🐎', changedNs: 1n }],
    names: [{ query: 'a.eth', value: undefined, fetchedNs: 1n, details: { sentNs: 'text' } }],
    progress: [{ purpose: 'inbox', logId: 'log', sequence: 77 }],
    settings: [{ key: 'k', value: { atNs: 'not a time', content: ['x'] } }],
  })
  for (const n of [700, 701]) {
    const envelope = { contentTopic: topic, timestampNs: 1n, message: new Uint8Array([n & 255]) }
    await store.outbox.enqueue({ message: message(n, { isOwn: true }), envelopes: [envelope] })
  }
  const [first] = await store.outbox.entries()
  await store.outbox.markFailed(first?.number ?? -1, 'postage/not-allowed')
}

async function linesOf(store: LocalStore): Promise<string[]> {
  return Array.fromAsync(exportLines(store))
}

describe('exportLines and importLines', () => {
  test('default: an import is what was exported, and importing again changes nothing', async () => {
    await using from = await openStore()
    await using to = await openStore(9)
    await fill(from)
    const lines = await linesOf(from)
    expect(await importLines(to, lines)).toBe(lines.length - 2)
    expect((await linesOf(to)).toSorted()).toEqual(lines.toSorted())
    await importLines(to, lines)
    expect((await linesOf(to)).toSorted()).toEqual(lines.toSorted())
    expect(await to.conversation(conversation(1).topic)).toEqual(
      await from.conversation(conversation(1).topic),
    )
    expect(await to.outbox.entries()).toEqual(await from.outbox.entries())
    expect((await to.search({ text: 'number599', limit: 9 })).items).toHaveLength(1)
  })

  test('error: lines that no export has are refused by number', async () => {
    await using from = await openStore()
    await from.put({ conversations: [conversation(1)] })
    const [header = '', record = '', end = ''] = await linesOf(from)
    const refused: readonly (readonly [line: number, lines: readonly string[]])[] = [
      [1, []],
      [1, [record, end]],
      [2, [header, '{"kind":"other"}', end]],
      [2, [header, 'no json', end]],
      [2, [header, record.replace('"createdNs":"1"', '"createdNs":"x"'), end]],
      [3, [header, record]],
      [4, [header, record, end, record]],
      [2, [header, end]],
    ]
    for (const [line, lines] of refused) {
      await using to = await openStore()
      const bad = { code: 'local-store/bad-export', details: { line } }
      await expect(importLines(to, lines), String(lines)).rejects.toMatchObject(bad)
    }
  })
})

describe('backUp and restore', () => {
  test('default: a backup restores under another key of the store, in pieces of any size', async () => {
    await using from = await openStore()
    await fill(from)
    const whole = concatBytes(...(await Array.fromAsync(backUp(from, { crypto, key }))))
    expect(whole.length).toBeGreaterThan(3 * 65_536)
    for (const size of [1_000, whole.length]) {
      await using to = await openStore(9)
      const pieces = []
      for (let at = 0; at < whole.length; at += size) pieces.push(whole.subarray(at, at + size))
      await restore(to, pieces, { crypto, key })
      expect((await linesOf(to)).toSorted()).toEqual((await linesOf(from)).toSorted())
    }
  })

  test('error: changed, cut, doubled or exchanged parts are found out', async () => {
    await using from = await openStore()
    await fill(from)
    const parts = await Array.fromAsync(backUp(from, { crypto, key }))
    const [head, first, second, ...rest] = parts
    if (head === undefined || first === undefined || second === undefined) throw new RangeError()
    const flipped = Uint8Array.from(second, (byte, at) => (at === 99 ? byte ^ 1 : byte))
    const notWhole = 'local-store/backup-not-whole'
    const cases: readonly (readonly [code: string, pieces: readonly Uint8Array[]])[] = [
      [notWhole, [head, first, flipped, ...rest]],
      [notWhole, [head, second, first, ...rest]],
      [notWhole, [head, first, first, second, ...rest]],
      [notWhole, [head, first]],
      [notWhole, parts.slice(0, -1)],
      [notWhole, [...parts, first]],
      [notWhole, [concatBytes(...parts).subarray(0, -1)]],
      [notWhole, [head, new Uint8Array([255, 255, 255, 255]), ...rest]],
      [notWhole, [head]],
      ['local-store/bad-backup', [head.subarray(1), first]],
      ['local-store/bad-backup', []],
    ]
    for (const [code, pieces] of cases) {
      await using to = await openStore()
      await expect(restore(to, pieces, { crypto, key })).rejects.toMatchObject({ code })
    }
  })

  test('error: another key opens nothing', async () => {
    await using from = await openStore()
    await using to = await openStore()
    await from.put({ conversations: [conversation(1)] })
    const pieces = await Array.fromAsync(backUp(from, { crypto, key }))
    const other = { crypto, key: new Uint8Array(32) }
    const code = 'local-store/backup-not-whole'
    await expect(restore(to, pieces, other)).rejects.toMatchObject({ code })
    const short = { crypto, key: new Uint8Array(31) }
    const bad = { code: 'local-store/bad-key' }
    await expect(restore(to, pieces, short)).rejects.toMatchObject(bad)
  })

  test('default: two backups of one store have nothing in common', async () => {
    await using from = await openStore()
    await from.put({ conversations: [conversation(1)] })
    const [one, two] = await Promise.all(
      [1, 2].map(() => Array.fromAsync(backUp(from, { crypto, key }))),
    )
    expect(one?.[1]).not.toEqual(two?.[1])
  })
})
