// An export, encrypted under a key of its own. Layout:
//   magic "posthorn-backup 1\n" || salt (32)
//   chunks: u32 length of the ciphertext, big-endian || ciphertext
// The chunk key is HKDF-SHA-256(key, salt, "posthorn backup"). Chunk n has the nonce n (11 bytes, big-endian) || 1 for
// the last chunk, 0 before it, so that chunks which are missing, moved, or cut off at the end are found out.

import { concatBytes, equalBytes, fromUtf8, toUtf8, wipe } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'
import { CodecError, ProtocolError, UsageError, VerificationError } from '@posthorn/errors'
import type { LocalStore } from '../local-store.ts'
import { createByteReader } from './byte-reader.ts'
import { exportLines, importLines } from './json-lines.ts'

/** What backups take. */
export type BackupOptions = {
  readonly crypto: Crypto
  /** 32 bytes, of full strength: a random key, or one that a slow function made of a passphrase. */
  readonly key: Uint8Array
}

const magic = toUtf8('posthorn-backup 1\n')
const saltBytes = 32
const keyBytes = 32
const tagBytes = 16
const chunkBytes = 65_536
const lengthBytes = 4

/**
 * An encrypted copy of a store, piece by piece.
 *
 * @throws UsageError `local-store/bad-key`; StorageError `local-store/corrupt` at a damaged record
 */
export async function* backUp(
  store: LocalStore,
  { crypto, key }: BackupOptions,
): AsyncGenerator<Uint8Array, void> {
  const salt = crypto.randomBytes(saltBytes)
  const chunkKey = deriveKey(crypto, key, salt)
  try {
    yield concatBytes(magic, salt)
    let number = 0
    for await (const { plaintext, isLast } of chunksOf(exportLines(store))) {
      const nonce = nonceOf(number++, isLast)
      yield framed(await crypto.aead.encrypt({ key: chunkKey, nonce, plaintext }))
    }
  } finally {
    wipe(chunkKey)
  }
}

/**
 * Puts the records of a backup into a store, beside what is there, under whatever key that store has. Every chunk
 * is verified before anything of it is put.
 *
 * @returns how many records were read
 * @throws CodecError `local-store/bad-backup` when it is no backup; VerificationError `local-store/backup-not-whole`
 *   when the key is wrong, or bytes were changed or are missing: records up to there may have been put
 */
export async function restore(
  store: LocalStore,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { crypto, key }: BackupOptions,
): Promise<number> {
  const reader = createByteReader(pieces)
  const head = await reader.take(magic.length)
  const salt = await reader.take(saltBytes)
  if (head === undefined || salt === undefined || !equalBytes(head, magic)) throw notABackup()
  const chunkKey = deriveKey(crypto, key, salt)
  const next = () => reader.take(lengthBytes)

  async function* plaintexts(): AsyncGenerator<Uint8Array, void> {
    for (let number = 0; ; number++) {
      const frame = await next()
      const ciphertext = frame && (await reader.take(checkedLength(frame)))
      if (ciphertext === undefined) throw notWhole()
      const isLast = await reader.isAtEnd()
      const nonce = nonceOf(number, isLast)
      yield await decrypt(crypto, { key: chunkKey, nonce, ciphertext })
      if (isLast) return
    }
  }

  try {
    return await importLines(store, linesOf(plaintexts()))
  } finally {
    wipe(chunkKey)
  }
}

async function decrypt(
  crypto: Crypto,
  input: Parameters<Crypto['aead']['decrypt']>[0],
): Promise<Uint8Array> {
  try {
    return await crypto.aead.decrypt(input)
  } catch (error) {
    throw error instanceof ProtocolError ? notWhole(error) : error
  }
}

function deriveKey(crypto: Crypto, key: Uint8Array, salt: Uint8Array): Uint8Array {
  if (key.length !== keyBytes) {
    throw new UsageError(
      'local-store/bad-key',
      `Use a backup: the key has ${key.length} bytes, expected ${keyBytes}`,
    )
  }
  const info = toUtf8('posthorn backup')
  return crypto.hash.hkdfSha256({ secret: key, salt, info, lengthBytes: keyBytes })
}

function nonceOf(number: number, isLast: boolean): Uint8Array {
  const nonce = new Uint8Array(12)
  new DataView(nonce.buffer).setBigUint64(3, BigInt(number))
  nonce[11] = isLast ? 1 : 0
  return nonce
}

function framed(ciphertext: Uint8Array): Uint8Array {
  const length = new Uint8Array(lengthBytes)
  new DataView(length.buffer).setUint32(0, ciphertext.length)
  return concatBytes(length, ciphertext)
}

function checkedLength(frame: Uint8Array): number {
  const length = new DataView(frame.buffer, frame.byteOffset, lengthBytes).getUint32(0)
  if (length < tagBytes || length > chunkBytes + tagBytes) throw notWhole()
  return length
}

type Chunk = { readonly plaintext: Uint8Array; readonly isLast: boolean }

async function* chunksOf(lines: AsyncIterable<string>): AsyncGenerator<Chunk, void> {
  let rest = new Uint8Array()
  for await (const line of lines) {
    rest = concatBytes(rest, toUtf8(`${line}\n`)) as Uint8Array<ArrayBuffer>
    let at = 0
    // One byte more than a chunk has to be there, so that the last chunk is never empty.
    for (; rest.length - at > chunkBytes; at += chunkBytes) {
      yield { plaintext: rest.slice(at, at + chunkBytes), isLast: false }
    }
    rest = rest.slice(at)
  }
  yield { plaintext: rest, isLast: true }
}

async function* linesOf(plaintexts: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const lineFeed = 10
  let parts: Uint8Array[] = []
  for await (const plaintext of plaintexts) {
    let from = 0
    for (let at = plaintext.indexOf(lineFeed); at >= 0; at = plaintext.indexOf(lineFeed, from)) {
      yield fromUtf8(concatBytes(...parts, plaintext.subarray(from, at)))
      parts = []
      from = at + 1
    }
    parts.push(plaintext.subarray(from))
  }
}

function notABackup(): CodecError {
  return new CodecError('local-store/bad-backup', 'Restore: the bytes are not those of a backup')
}

function notWhole(cause?: unknown): VerificationError {
  return new VerificationError(
    'local-store/backup-not-whole',
    'Restore: a part does not open, expected the whole backup and its key',
    { cause },
  )
}
