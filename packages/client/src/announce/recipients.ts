// Whom to write to: each account once, whatever the spelling of its address.

import { ProtocolError } from '@posthorn/errors'
import { parseAddress } from '@posthorn/identity'
import type { ClientContext } from '../context.ts'
import type { Settled } from './job-log.ts'

/** The recipients of a job. */
export type Recipients = {
  /** In EIP-55 form, in the order given. */
  readonly addresses: readonly string[]
  /** Those who cannot be written to, whatever the network says. */
  readonly refused: readonly Settled[]
}

/** Reads recipients. */
export function readRecipients(
  { crypto, keystore }: Pick<ClientContext, 'crypto' | 'keystore'>,
  given: Iterable<string>,
): Recipients {
  const addresses = new Set<string>()
  const refused = new Map<string, Settled>()
  for (const text of given) {
    try {
      const address = parseAddress(crypto, text)
      if (address === keystore.address) refused.set(address, toSelf(address))
      else addresses.add(address)
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      refused.set(text, refusal(text, error))
    }
  }
  return { addresses: [...addresses], refused: [...refused.values()] }
}

/** A recipient refused for what an error says. */
export function refusal(address: string, { code, message }: ProtocolError): Settled {
  return { address, outcome: { kind: 'refused', code, reason: message } }
}

function toSelf(address: string): Settled {
  const reason = 'Announce: the recipient is this account itself'
  return { address, outcome: { kind: 'refused', code: 'conversation/self', reason } }
}
