import { toUtf8 } from '@posthorn/bytes'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readLines, readText } from './reply-body.ts'

async function* pieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0
  for (const cut of cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b)) {
    yield bytes.subarray(start, cut)
    start = cut
  }
  yield bytes.subarray(start)
}

const text = fc.string({ unit: 'grapheme' }).map((line) => line.replaceAll('\n', ''))

test('readLines gives the same lines wherever the pieces are cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(text), fc.array(fc.nat()), async (lines, cuts) => {
      const bytes = toUtf8(lines.map((line) => `${line}\n`).join(''))
      const read: string[] = []
      for await (const line of readLines(pieces(bytes, cuts), 1_000_000)) read.push(line)
      expect(read).toEqual(lines)
    }),
  )
})

test('readText gives the same text wherever the pieces are cut', async () => {
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.nat()), async (whole, cuts) => {
      expect(await readText(pieces(toUtf8(whole), cuts), 1_000_000)).toBe(whole)
    }),
  )
})

test('readLines accepts a line of the longest length and refuses one byte more', async () => {
  const read = async (line: string, cuts: number[]): Promise<string[]> => {
    const lines: string[] = []
    for await (const each of readLines(pieces(toUtf8(`${line}\n`), cuts), 8)) lines.push(each)
    return lines
  }
  expect(await read('12345678', [])).toEqual(['12345678'])
  expect(await read('12345678', [3])).toEqual(['12345678'])
  await expect(read('123456789', [])).rejects.toThrow('over 8 bytes')
  await expect(read('123456789', [2, 5, 9])).rejects.toThrow('over 8 bytes')
})

test('readText refuses more than the bound', async () => {
  await expect(readText(pieces(toUtf8('12345'), [2]), 4)).rejects.toMatchObject({
    code: 'transport/reply-too-big',
  })
})
