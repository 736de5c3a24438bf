// The keys of a store, and the mark by which it knows them again.

import { toUtf8, wipe } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'
import { UsageError, VerificationError } from '@posthorn/errors'
import { type CellKeys, createCellKeys, isSealed, tables } from './cells/cell-keys.ts'
import { createSealer, type Sealer } from './cells/sealer.ts'
import type { Vault } from './cells/vault.ts'
import { newerVersionError } from './errors.ts'

const keyBytes = 32
/** Version of what cells contain; engines have versions of their own. */
const formatVersion = 1
const formatKey = `${tables.meta}/format`

/** What reads and writes the cells of one store. */
export type StoreSecrets = {
  readonly keys: CellKeys
  readonly sealer: Sealer
  /** Overwrites the keys. */
  wipe(): void
}

/** Derives what a store needs from its key, 32 bytes, which is copied. @throws UsageError `local-store/bad-key` */
export function deriveSecrets(crypto: Crypto, key: Uint8Array): StoreSecrets {
  if (key.length !== keyBytes) {
    throw new UsageError(
      'local-store/bad-key',
      `Open the local store: the key has ${key.length} bytes, expected ${keyBytes}`,
    )
  }
  const [sealing, lookup] = ['seal', 'look up'].map((purpose) =>
    crypto.hash.hkdfSha256({
      secret: key,
      salt: new Uint8Array(),
      info: toUtf8(`posthorn local store: ${purpose}`),
      lengthBytes: keyBytes,
    }),
  ) as [Uint8Array, Uint8Array]
  return {
    keys: createCellKeys(crypto.hash, lookup),
    sealer: createSealer(crypto, sealing),
    wipe: () => {
      wipe(sealing)
      wipe(lookup)
    },
  }
}

/**
 * Makes sure that a store is empty or was written under the same key in a known format, and marks it.
 *
 * @throws VerificationError `local-store/wrong-key`; StorageError `local-store/newer-version`
 */
export async function checkFormat(vault: Vault): Promise<void> {
  const [mark] = await vault.get([formatKey])
  if (mark?.kind === 'record') return checkVersion((mark.record as FormatMark).version)
  if (!(await opensAnything(vault))) throw wrongKey()
  await vault.change(async (transaction) => {
    if ((await transaction.get<FormatMark>(formatKey)) === undefined) {
      transaction.put(formatKey, { version: formatVersion } satisfies FormatMark)
    }
  })
}

type FormatMark = { readonly version: number }

function checkVersion(version: number): void {
  if (version > formatVersion) throw newerVersionError()
}

const sampleCells = 100

// One damaged mark must not lock a store whose other records open.
async function opensAnything(vault: Vault): Promise<boolean> {
  const range = { from: ' ', before: '~', limit: sampleCells }
  const sample = (await vault.scan(range)).filter(({ key }) => isSealed(key))
  return sample.length === 0 || sample.some(({ kind }) => kind === 'record')
}

function wrongKey(): VerificationError {
  return new VerificationError(
    'local-store/wrong-key',
    'Open the local store: nothing in it opens, expected the key it was written under',
  )
}
