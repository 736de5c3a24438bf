// The bytes of a key file: JSON whose one secret part is encrypted under a passphrase. How the key is made of
// the passphrase is written beside it, so that later releases may make guessing dearer.

import { fromBase64, fromUtf8, toBase64, toUtf8 } from '@posthorn/bytes'
import { malformed } from '../vault/vault-errors.ts'

/** How a key is made of a passphrase. */
export type ScryptCost = {
  /** Cost in time and memory, a power of two. */
  readonly n: number
  readonly r: number
  readonly p: number
}

/** A key file, decoded. */
export type SealedFile = {
  readonly cost: ScryptCost
  /** 32 bytes. */
  readonly salt: Uint8Array
  /** 12 bytes. */
  readonly nonce: Uint8Array
  readonly ciphertext: Uint8Array
}

const format = 'posthorn-keys'
const version = 1
const kdf = 'scrypt'
const saltBytes = 32
const nonceBytes = 12
const tagBytes = 16
const maxLogN = 20
// A file that asks for more memory than this was not written by us.
const maxMemoryBytes = 1_073_741_824

/** Bytes of memory that making a key takes. */
export function memoryBytes({ n, r, p }: ScryptCost): number {
  return 128 * r * (n + p + 2)
}

/** What the ciphertext vouches for besides the keys: how it was sealed, and whose keys they are. */
export function additionalData(
  owner: string,
  { cost, salt }: Pick<SealedFile, 'cost' | 'salt'>,
): Uint8Array {
  return toUtf8(JSON.stringify([format, version, owner, kdf, costFields(cost), toBase64(salt)]))
}

/** The bytes of a key file. */
export function encodeSealedFile({ cost, salt, nonce, ciphertext }: SealedFile): Uint8Array {
  const fields = {
    format,
    version,
    kdf,
    ...costFields(cost),
    salt: toBase64(salt),
    nonce: toBase64(nonce),
    ciphertext: toBase64(ciphertext),
  }
  return toUtf8(`${JSON.stringify(fields)}\n`)
}

/** A key file of its bytes. @throws CodecError `keystore/malformed` */
export function decodeSealedFile(bytes: Uint8Array): SealedFile {
  const fields = parse(bytes)
  if (fields['format'] !== format) throw malformed('a file of another format')
  if (fields['version'] !== version || fields['kdf'] !== kdf) throw malformed('a later version')
  const cost = { n: Number(fields['n']), r: Number(fields['r']), p: Number(fields['p']) }
  if (!isBearable(cost)) throw malformed('an unbearable cost')
  const salt = bytesOf(fields['salt'])
  const nonce = bytesOf(fields['nonce'])
  const ciphertext = bytesOf(fields['ciphertext'])
  if (salt.length !== saltBytes || nonce.length !== nonceBytes || ciphertext.length < tagBytes) {
    throw malformed('parts of other lengths')
  }
  return { cost, salt, nonce, ciphertext }
}

function costFields({ n, r, p }: ScryptCost): ScryptCost {
  return { n, r, p }
}

function isBearable(cost: ScryptCost): boolean {
  const logN = Math.log2(cost.n)
  const isWhole = [logN, cost.r, cost.p].every((each) => Number.isInteger(each) && each >= 1)
  return isWhole && logN <= maxLogN && cost.p <= 16 && memoryBytes(cost) <= maxMemoryBytes
}

function parse(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(fromUtf8(bytes))
    if (typeof value === 'object' && value !== null) return { ...value }
  } catch {
    // Falls through: no text, or no JSON.
  }
  throw malformed('no JSON object')
}

function bytesOf(value: unknown): Uint8Array {
  if (typeof value !== 'string') throw malformed('a part missing')
  try {
    return fromBase64(value)
  } catch {
    throw malformed('a part that is no base64')
  }
}
