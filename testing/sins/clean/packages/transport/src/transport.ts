import type { Envelope } from '@posthorn/envelope'

export type Transport = { send(envelope: Envelope): Promise<void> }
