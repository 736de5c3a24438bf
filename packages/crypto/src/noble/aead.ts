import type { Aead } from '../port.ts'
import { strictAead } from '../strict-aead.ts'
import { nobleCipher } from './cipher.ts'

/** AES-256-GCM in plain JavaScript; runs everywhere. */
export const nobleAead: Aead = strictAead(nobleCipher)
