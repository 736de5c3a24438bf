import { keyedHashes } from '../keyed-hashes.ts'
import type { Hashes } from '../port.ts'
import { smallKeccak256 } from './small-keccak256.ts'
import { smallSha256 } from './small-sha256.ts'

/** Hashes in plain JavaScript, small to download. */
export const smallHashes: Hashes = {
  sha256: smallSha256,
  keccak256: smallKeccak256,
  ...keyedHashes(smallSha256),
}
