// Who can be written to: the key bundles that accounts advertise.

import type { Crypto } from '@posthorn/crypto'
import { contactTopic, type Envelope, maxBatchQueries } from '@posthorn/envelope'
import { parseAddress, type VerifiedContactBundle } from '@posthorn/identity'
import { newestContact } from '@posthorn/protocol-v2'
import type { CallOptions, QueryRequest, Transport } from '@posthorn/transport'

// Accounts publish again and again, and anybody may have published junk where nodes do not check.
const maxContactRows = 5

/** Contact bundles of accounts. */
export type Contacts = {
  /** The contact bundle of an account, or undefined when it has never joined. Any case of letters will do. */
  find(address: string, options?: CallOptions): Promise<VerifiedContactBundle | undefined>
  /** The same for many, 50 to a request, in the order of `addresses`. */
  findAll(
    addresses: readonly string[],
    options?: CallOptions,
  ): Promise<readonly (VerifiedContactBundle | undefined)[]>
  /** Forgets what was found, so that the next lookup asks the network. */
  forget(address: string): void
}

/** What {@link createContacts} needs. */
export type ContactsOptions = {
  readonly transport: Transport
  readonly crypto: Crypto
}

/** Creates lookups that remember the V2 bundles they find; V1 bundles may be followed by V2 ones any time. */
export function createContacts({ transport, crypto }: ContactsOptions): Contacts {
  const found = new Map<string, VerifiedContactBundle>()

  function remembered(
    address: string,
    envelopes: readonly Envelope[],
  ): VerifiedContactBundle | undefined {
    const contact = newestContact(crypto, address, envelopes)
    if (contact?.version === 'v2') found.set(address, contact)
    return contact
  }

  async function find(
    text: string,
    options?: CallOptions,
  ): Promise<VerifiedContactBundle | undefined> {
    const address = parseAddress(crypto, text)
    const known = found.get(address)
    if (known !== undefined) return known
    const page = await transport.query(contactQuery(address), options)
    return remembered(address, page.envelopes)
  }

  async function findAll(
    texts: readonly string[],
    options?: CallOptions,
  ): Promise<readonly (VerifiedContactBundle | undefined)[]> {
    const addresses = texts.map((text) => parseAddress(crypto, text))
    const answers = new Map<string, VerifiedContactBundle | undefined>(found)
    const missing = [...new Set(addresses)].filter((address) => !found.has(address))
    for (let at = 0; at < missing.length; at += maxBatchQueries) {
      const group = missing.slice(at, at + maxBatchQueries)
      const pages = await transport.batchQuery(group.map(contactQuery), options)
      for (const [index, address] of group.entries()) {
        answers.set(address, remembered(address, pages[index]?.envelopes ?? []))
      }
    }
    return addresses.map((address) => answers.get(address))
  }

  return { find, findAll, forget: (text) => void found.delete(parseAddress(crypto, text)) }
}

function contactQuery(address: string): QueryRequest {
  return { topics: [contactTopic(address)], limit: maxContactRows, direction: 'descending' }
}
