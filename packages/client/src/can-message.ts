import { type CanMessage, canMessageBy } from './can-message-by.ts'
import { createContacts } from './contacts.ts'
import { type ClientOptions, clientBase } from './create-client.ts'

/** Options of {@link canMessage}: the way to the network, as `createClient` takes it. */
export type CanMessageOptions = Pick<
  ClientOptions,
  'url' | 'urls' | 'fetch' | 'transport' | 'appVersion' | 'crypto' | 'clock' | 'signal'
>

/**
 * Whether accounts can be written to, asked without an account of one's own: no wallet, no keys, nothing published.
 * 50 addresses go into one request.
 *
 * @throws ValidationError `identity/bad-address`, `identity/bad-address-checksum`; TransportError when the node
 * cannot be reached
 * @example
 * const [alice, bob] = await canMessage(['0xA…', '0xB…'], { url: 'http://localhost:5555' })
 */
export const canMessage: CanMessage<CanMessageOptions> = (async (
  addresses: readonly string[],
  options: CanMessageOptions = {},
) => {
  const base = await clientBase(options)
  try {
    return await canMessageBy(createContacts(base))(addresses, options)
  } finally {
    if (options.transport === undefined) await base.transport[Symbol.asyncDispose]()
  }
}) as CanMessage<CanMessageOptions>
