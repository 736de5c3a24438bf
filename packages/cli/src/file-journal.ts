// A journal of lines in a file: durable once appended, whatever happens to the process or the machine.

import { type FileHandle, open, readFile, rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Journal } from '@posthorn/client/announce'
import { StorageError, UsageError } from '@posthorn/errors'

/** A journal that is open; nobody else can open it until it is disposed of, or its process has ended. */
export type FileJournal = Journal & AsyncDisposable

const lineFeed = 0x0a
const chunkBytes = 65_536

/**
 * Opens a journal, or makes an empty one that only its owner can read. What a crash left of a last line is cut off.
 *
 * @throws UsageError `cli/journal-in-use`; StorageError `cli/journal-unavailable`
 */
export async function openFileJournal(path: string): Promise<FileJournal> {
  const file = resolve(path)
  const unlock = await lock(`${file}.lock`)
  try {
    const handle = await asStorage(open(file, 'a+', 0o600))
    return createFileJournal(handle, unlock)
  } catch (error) {
    await unlock()
    throw error
  }
}

async function createFileJournal(
  handle: FileHandle,
  unlock: () => Promise<void>,
): Promise<FileJournal> {
  let sizeBytes = await asStorage(wholeLinesBytes(handle))
  await asStorage(handle.truncate(sizeBytes))
  let appending: Promise<void> = Promise.resolve()

  async function append(lines: readonly string[]): Promise<void> {
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
    try {
      await handle.appendFile(bytes)
      await handle.datasync()
      sizeBytes += bytes.length
    } catch (cause) {
      // So that the next lines do not follow half of one.
      await handle.truncate(sizeBytes).catch(() => undefined)
      throw unavailable(cause)
    }
  }

  return {
    read: async function* () {
      if (sizeBytes === 0) return
      const stream = handle.createReadStream({ start: 0, end: sizeBytes - 1, autoClose: false })
      yield* linesOf(stream)
    },
    append: (lines) => {
      const next = appending.then(() => append(lines))
      appending = next.catch(() => undefined)
      return next
    },
    [Symbol.asyncDispose]: async () => {
      await appending
      await handle.close()
      await unlock()
    },
  }
}

async function* linesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<string, void> {
  let rest: Buffer[] = []
  for await (const chunk of stream) {
    let start = 0
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      yield Buffer.concat([...rest, chunk.subarray(start, end)]).toString('utf8')
      rest = []
      start = end + 1
    }
    rest.push(chunk.subarray(start))
  }
}

// Length of the file up to and including its last line feed.
async function wholeLinesBytes(handle: FileHandle): Promise<number> {
  const chunk = Buffer.alloc(chunkBytes)
  for (let end = (await handle.stat()).size; end > 0; ) {
    const start = Math.max(0, end - chunkBytes)
    const { bytesRead } = await handle.read(chunk, 0, end - start, start)
    const at = chunk.subarray(0, bytesRead).lastIndexOf(lineFeed)
    if (at >= 0) return start + at + 1
    end = start
  }
  return 0
}

// A file that names the process: two runs of one job at a time would write to everybody twice.
async function lock(path: string): Promise<() => Promise<void>> {
  const own = `${process.pid}\n`
  for (let attempt = 1; ; attempt++) {
    try {
      await writeFile(path, own, { flag: 'wx', mode: 0o600 })
      return () => rm(path, { force: true })
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw unavailable(error)
      if (attempt > 1 || isRunning(await holderOf(path))) throw inUse()
      await rm(path, { force: true })
    }
  }
}

async function holderOf(path: string): Promise<number> {
  return Number(await readFile(path, 'utf8').catch(() => ''))
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return isCode(error, 'EPERM')
  }
}

async function asStorage<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    throw unavailable(cause)
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

function inUse(): UsageError {
  return new UsageError(
    'cli/journal-in-use',
    'Open journal: another process is working on the same job',
  )
}

function unavailable(cause: unknown): StorageError {
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
  return new StorageError(
    'cli/journal-unavailable',
    `Use journal: the file cannot be read or written (${reason})`,
    { cause },
  )
}
