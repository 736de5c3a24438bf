import { keyedHashes } from '../keyed-hashes.ts'
import type { Hashes } from '../port.ts'
import { nobleDigests } from './digests.ts'

/** Hashes in plain JavaScript; run everywhere. */
export const nobleHashes: Hashes = { ...nobleDigests, ...keyedHashes(nobleDigests.sha256) }
