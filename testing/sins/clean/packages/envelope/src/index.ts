import { digest } from '@posthorn/crypto/verify'
import { UsageError } from '@posthorn/errors'

export type Envelope = { readonly message: Uint8Array }

export function identify(envelope: Envelope | undefined): Uint8Array {
  if (envelope === undefined) throw new UsageError('envelope/none', 'Identify envelope: none given')
  return digest(envelope.message)
}
