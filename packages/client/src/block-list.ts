// Block lists: whom an account does not want to hear from, as a text that another account can take over.

import { CodecError } from '@posthorn/errors'
import { isAddress } from '@posthorn/identity'
import type { CallOptions } from '@posthorn/transport'
import type { Client } from './client.ts'
import { internalsOf } from './internals.ts'

const format = 'posthorn-block-list'
// One decision has to fit into one message of the consent log.
const addressesPerDecision = 500

/** The addresses that are denied, as JSON text; `consent.load()` first, to have what other clients decided. */
export function exportBlockList(client: Client): string {
  const addresses = client.consent
    .list()
    .filter(({ subject, state }) => subject === 'address' && state === 'denied')
    .map(({ value }) => value)
  return JSON.stringify({ format, version: 1, addresses: addresses.sort() })
}

/**
 * Denies every address of a block list; whom this account has allowed stays allowed.
 *
 * @returns how many addresses were not denied before
 * @throws CodecError `consent/bad-block-list`
 */
export async function importBlockList(
  client: Client,
  text: string,
  options: CallOptions = {},
): Promise<number> {
  const { crypto } = internalsOf(client).context
  const addresses = addressesOf(text).filter((each) => isAddress(crypto, each))
  await client.consent.load(options)
  const added = addresses.filter((each) => client.consent.state(each) === 'unknown')
  for (let at = 0; at < added.length; at += addressesPerDecision) {
    await client.consent.deny(added.slice(at, at + addressesPerDecision), options)
  }
  return added.length
}

function addressesOf(text: string): readonly string[] {
  try {
    const list: unknown = JSON.parse(text)
    if (typeof list === 'object' && list !== null && 'format' in list && 'addresses' in list) {
      const { addresses } = list
      const isList = list.format === format && 'version' in list && list.version === 1
      if (isList && Array.isArray(addresses)) {
        return [...new Set(addresses.filter((each) => typeof each === 'string'))]
      }
    }
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
  }
  throw new CodecError(
    'consent/bad-block-list',
    `Import block list: expected JSON with format ${format}, version 1 and addresses`,
  )
}
