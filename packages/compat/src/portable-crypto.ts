// Back ends that are there at once: the functions of the published API that answer without a promise need one.

import { type Crypto, createNobleCrypto } from '@posthorn/crypto'
import { parseAddress } from '@posthorn/identity'

let portable: Crypto | undefined

/** The back end that runs anywhere and needs no loading. */
export function portableCrypto(): Crypto {
  portable ??= createNobleCrypto()
  return portable
}

/**
 * An address in EIP-55 form. Takes any case of letters, as the published API does, and so also addresses whose
 * checksum does not hold.
 *
 * @throws ValidationError `identity/bad-address`
 */
export function addressOf(text: string): string {
  return parseAddress(portableCrypto(), text.toLowerCase())
}
