// The secret of the admin API: made once, kept in a file that only its owner may read.

import { createHash, timingSafeEqual } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { StorageError, UsageError } from '@posthorn/errors'

/** So many bytes that nobody can guess. */
export type RandomSource = (lengthBytes: number) => Uint8Array

const tokenBytes = 32
const leastChars = 16

/**
 * The token in a file; makes both when there is none.
 *
 * @throws UsageError `admin/bad-token`; StorageError `admin/token-unavailable`
 */
export function readOrMakeToken(file: string, random: RandomSource): string {
  try {
    return checked(readFileSync(file, 'utf8'))
  } catch (error) {
    if (!isMissing(error)) throw error instanceof UsageError ? error : unavailable(error)
    return makeToken(file, random)
  }
}

/** Whether an `authorization` header carries the token; takes as long for a wrong one as for the right one. */
export function createTokenCheck(token: string): (header: string | undefined) => boolean {
  // The first call loads what makes digests, which the start of a node need not wait for.
  let expected: Buffer | undefined
  return (header) => {
    expected ??= digestOf(`Bearer ${token}`)
    return timingSafeEqual(digestOf(header ?? ''), expected)
  }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function makeToken(file: string, random: RandomSource): string {
  const token = Buffer.from(random(tokenBytes)).toString('base64url')
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(file, `${token}\n`, { mode: 0o600, flag: 'wx' })
    chmodSync(file, 0o600)
  } catch (error) {
    throw unavailable(error)
  }
  return token
}

function checked(text: string): string {
  const token = text.trim()
  if (token.length >= leastChars && /^[\x21-\x7e]+$/.test(token)) return token
  throw new UsageError(
    'admin/bad-token',
    `Read admin token: ${token.length} characters, expected ${leastChars} or more without spaces`,
  )
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function unavailable(cause: unknown): StorageError {
  return new StorageError(
    'admin/token-unavailable',
    'Read admin token: its file cannot be used, choose another with --admin-token-file',
    { cause },
  )
}
