// Looking up the keys that accounts advertise.

import type { VerifyCrypto } from '@posthorn/crypto'
import { contactTopic, maxBatchQueries } from '@posthorn/envelope'
import type { VerifiedContactBundle } from '@posthorn/identity'
import { newestContact } from '@posthorn/protocol-v2'
import type { QueryRequest, Transport } from '@posthorn/transport'

// Accounts publish again and again, and anybody may have published junk where nodes do not check.
const maxContactRows = 5

/** The keys that accounts advertise, in the order of their addresses, which are in EIP-55 form. */
export async function findContacts(
  { transport, crypto }: { readonly transport: Transport; readonly crypto: VerifyCrypto },
  addresses: readonly string[],
): Promise<(VerifiedContactBundle | undefined)[]> {
  const found: (VerifiedContactBundle | undefined)[] = []
  for (let at = 0; at < addresses.length; at += maxBatchQueries) {
    const group = addresses.slice(at, at + maxBatchQueries)
    const pages = await transport.batchQuery(group.map(contactQuery))
    for (const [index, address] of group.entries()) {
      found.push(newestContact(crypto, address, pages[index]?.envelopes ?? []))
    }
  }
  return found
}

function contactQuery(address: string): QueryRequest {
  return { topics: [contactTopic(address)], limit: maxContactRows, direction: 'descending' }
}
