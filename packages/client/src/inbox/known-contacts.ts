// Keys of peers for writing to them without a network: looked up once, then in the store.

import { fromBase64, toBase64 } from '@posthorn/bytes'
import { contactTopic } from '@posthorn/envelope'
import { CodecError, TransportError } from '@posthorn/errors'
import { encodeContactBundle, type VerifiedContactBundle } from '@posthorn/identity'
import type { LocalStore } from '@posthorn/local-store'
import { newestContact } from '@posthorn/protocol-v2'
import type { CallOptions } from '@posthorn/transport'
import { notRegistered } from '../client-errors.ts'
import type { ClientContext } from '../context.ts'
import { settingPrefixes } from './inbox-settings.ts'

/**
 * The contact of an account: as the network says now, or as it said before when it cannot be asked.
 *
 * @throws NotFoundError `contact/not-registered`; TransportError `inbox/contact-needed`
 */
export async function contactFor(
  context: ClientContext,
  {
    store,
    address,
    signal,
  }: CallOptions & { readonly store: LocalStore; readonly address: string },
): Promise<VerifiedContactBundle> {
  const key = `${settingPrefixes.contact}${address}`
  try {
    const found = await context.contacts.find(address, { signal })
    if (found === undefined) throw notRegistered()
    const value = toBase64(encodeContactBundle(found))
    if ((await store.setting(key)) !== value) await store.put({ settings: [{ key, value }] })
    return found
  } catch (error) {
    if (!(error instanceof TransportError)) throw error
    const kept = keptContact(context, address, await store.setting(key))
    if (kept !== undefined) return kept
    throw contactNeeded(error)
  }
}

function keptContact(
  { crypto }: ClientContext,
  address: string,
  value: unknown,
): VerifiedContactBundle | undefined {
  if (typeof value !== 'string') return undefined
  try {
    const message = fromBase64(value)
    const envelope = { contentTopic: contactTopic(address), timestampNs: 0n, message }
    return newestContact(crypto, address, [envelope])
  } catch (error) {
    if (error instanceof CodecError) return undefined
    throw error
  }
}

function contactNeeded(cause: TransportError): TransportError {
  return new TransportError(
    'inbox/contact-needed',
    'Write to peer: its keys are not known here yet and the network cannot be asked, expected to have been connected once',
    { cause },
  )
}
