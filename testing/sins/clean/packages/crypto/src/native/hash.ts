import { createHash } from 'node:crypto'

export const sha256 = (data: Uint8Array): Uint8Array =>
  createHash('sha256').update(data).digest()
