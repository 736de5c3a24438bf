// The one place in the node that reads the machine's source of randomness.

import { randomBytes } from 'node:crypto'

/** So many bytes that nobody can guess. */
export function systemRandom(lengthBytes: number): Uint8Array {
  return randomBytes(lengthBytes)
}
