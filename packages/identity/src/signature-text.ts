// The exact texts that a wallet is asked to sign. Every byte counts: signatures are recovered from them.

import { toHex } from '@posthorn/bytes'

const footer = '\n\nFor more info: https://xmtp.org/signatures/'

/** Text by which a wallet vouches for an identity key; `keyBytes` is the key's unsigned encoding. */
export function createIdentityText(keyBytes: Uint8Array): string {
  return `XMTP : Create Identity\n${toHex(keyBytes)}${footer}`
}

/** Text whose signature encrypts the private keys; `walletPreKey` is 32 random bytes. */
export function enableIdentityText(walletPreKey: Uint8Array): string {
  return `XMTP : Enable Identity\n${toHex(walletPreKey)}${footer}`
}

/** What a consent proof says. */
export type ConsentProofTextInput = {
  /** Address of the account that may write, as given. */
  readonly broadcasterAddress: string
  /** When the consent was given, in milliseconds; the text shows whole seconds. */
  readonly timestampMs: number
}

/** Text by which a wallet consents to messages from an account. */
export function consentProofText(input: ConsentProofTextInput): string {
  const time = new Date(input.timestampMs).toUTCString()
  const from = input.broadcasterAddress
  return `XMTP : Grant inbox consent to sender\n\nCurrent Time: ${time}\nFrom Address: ${from}${footer}`
}
