import { open } from '@posthorn/crypto'
import type { Envelope } from '@posthorn/envelope'

export const openMessage = (envelope: Envelope): Uint8Array => open(envelope.message)
