import { type Envelope, identify } from '@posthorn/envelope'

export const keyOf = (envelope: Envelope): Uint8Array => identify(envelope)
