// The name of a store: one for each account and network, so that nobody sees another account's data after
// switching wallets.

import { toHex, toUtf8 } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'

/** Whose store it is. */
export type StoreOwner = {
  /** The network, in whatever words the client has for it: `production`, the URL of a node. */
  readonly network: string
  /** The account's address, in any case. */
  readonly address: string
}

/** A name made of 32 hexadecimal digits, which tells neither network nor address. */
export function storeName(hash: Crypto['hash'], { network, address }: StoreOwner): string {
  const text = JSON.stringify([network, address.toLowerCase()])
  return toHex(hash.sha256(toUtf8(`posthorn local store ${text}`))).slice(0, 32)
}
