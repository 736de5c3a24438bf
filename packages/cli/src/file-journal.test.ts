import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FileJournal, openFileJournal } from './file-journal.ts'

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'posthorn-journal-'))
  path = join(folder, 'job.jsonl')
})

afterEach(() => rm(folder, { recursive: true }))

async function linesOf(journal: FileJournal): Promise<string[]> {
  const lines: string[] = []
  for await (const line of journal.read()) lines.push(line)
  return lines
}

test('a journal gives back what was appended, after it was opened again', async () => {
  const long = 'ü'.repeat(100_000)
  {
    await using journal = await openFileJournal(path)
    expect(await linesOf(journal)).toEqual([])
    await Promise.all([journal.append(['one', long]), journal.append(['three'])])
    expect(await linesOf(journal)).toEqual(['one', long, 'three'])
  }
  await using again = await openFileJournal(path)
  await again.append(['four'])
  expect(await linesOf(again)).toEqual(['one', long, 'three', 'four'])
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test('half a line that a crash left is cut off, and nothing follows it', async () => {
  await writeFile(path, 'one\ntwo\n')
  await appendFile(path, 'x'.repeat(70_000))
  {
    await using journal = await openFileJournal(path)
    expect(await linesOf(journal)).toEqual(['one', 'two'])
    await journal.append(['three'])
  }
  expect(await readFile(path, 'utf8')).toBe('one\ntwo\nthree\n')
  await writeFile(path, 'half')
  await using empty = await openFileJournal(path)
  expect(await linesOf(empty)).toEqual([])
})

test('a journal that is in use is refused, and one whose process has ended is not', async () => {
  const first = await openFileJournal(path)
  await expect(openFileJournal(path)).rejects.toMatchObject({ code: 'cli/journal-in-use' })
  await first[Symbol.asyncDispose]()
  // No process has this number: they end far below it.
  await writeFile(`${path}.lock`, '999999999\n')
  await using journal = await openFileJournal(path)
  await journal.append(['one'])
})

test('a journal where no file can be is an error that says so', async () => {
  await expect(openFileJournal(join(folder, 'none', 'job'))).rejects.toMatchObject({
    name: 'StorageError',
    code: 'cli/journal-unavailable',
  })
  await expect(openFileJournal(folder)).rejects.toMatchObject({ code: 'cli/journal-unavailable' })
})
