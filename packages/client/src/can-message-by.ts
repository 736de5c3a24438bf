import type { CallOptions } from '@posthorn/transport'
import type { Contacts } from './contacts.ts'

/** Whether an account can be written to: for one address, or for many in their order. */
export type CanMessage<Options = CallOptions> = {
  (address: string, options?: Options): Promise<boolean>
  (addresses: readonly string[], options?: Options): Promise<readonly boolean[]>
}

/** Asks by look-ups of contacts. */
export function canMessageBy(contacts: Pick<Contacts, 'find' | 'findAll'>): CanMessage {
  async function ask(
    addresses: string | readonly string[],
    options?: CallOptions,
  ): Promise<boolean | readonly boolean[]> {
    if (typeof addresses === 'string') {
      return (await contacts.find(addresses, options)) !== undefined
    }
    return (await contacts.findAll(addresses, options)).map((contact) => contact !== undefined)
  }
  return ask as CanMessage
}
