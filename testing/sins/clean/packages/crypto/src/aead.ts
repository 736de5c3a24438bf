import { gcm } from './gcm.ts'

export const open = (sealed: Uint8Array): Uint8Array => gcm(sealed)
