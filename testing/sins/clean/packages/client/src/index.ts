import { openMessage } from '@posthorn/protocol-v2'
import type { Transport } from '@posthorn/transport'

export type Clock = { readonly setTimeout: typeof setTimeout }
export const read = openMessage
export const write = (transport: Transport): Promise<void> =>
  transport.send({ message: new Uint8Array() })
