// Blockchain accounts: addresses of public keys, and their EIP-55 checksum.

import { toHex, toUtf8 } from '@posthorn/bytes'
import { ValidationError } from '@posthorn/errors'
import type { CheckCrypto } from './check-crypto.ts'

/** The hash that addresses are made with. */
export type AddressCrypto = { readonly hash: Pick<CheckCrypto['hash'], 'keccak256'> }

/** The address, in EIP-55 form, of a 65-byte uncompressed public key. */
export function addressOf(crypto: AddressCrypto, publicKey: Uint8Array): string {
  return checksum(crypto, toHex(crypto.hash.keccak256(publicKey.subarray(1)).subarray(12)))
}

/**
 * The EIP-55 form of an address. All lower case and all upper case are taken as they are; mixed case must
 * be the right checksum.
 *
 * @throws ValidationError `identity/bad-address`, `identity/bad-address-checksum`
 */
export function parseAddress(crypto: AddressCrypto, text: string): string {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) {
    throw new ValidationError(
      'identity/bad-address',
      'Read address: found another text, wanted 0x and 40 hex digits',
    )
  }
  const digits = text.slice(2)
  const lower = digits.toLowerCase()
  const address = checksum(crypto, lower)
  const isMixedCase = digits !== lower && digits !== digits.toUpperCase()
  if (isMixedCase && address !== text) {
    throw new ValidationError(
      'identity/bad-address-checksum',
      'Read address: found mixed case that is not its EIP-55 checksum, wanted the checksum or one case',
    )
  }
  return address
}

/** Whether a text is an address that {@link parseAddress} takes. */
export function isAddress(crypto: AddressCrypto, text: string): boolean {
  try {
    parseAddress(crypto, text)
    return true
  } catch {
    return false
  }
}

function checksum(crypto: AddressCrypto, lowerDigits: string): string {
  const hash = toHex(crypto.hash.keccak256(toUtf8(lowerDigits)))
  let address = '0x'
  for (let i = 0; i < lowerDigits.length; i++) {
    const digit = lowerDigits[i] ?? ''
    address += (hash[i] ?? '0') >= '8' ? digit.toUpperCase() : digit
  }
  return address
}
