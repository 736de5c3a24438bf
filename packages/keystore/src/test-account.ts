// An account for tests.

import { type Crypto, createNobleCrypto } from '@posthorn/crypto'
import { createLocalSigner, type WalletSigner } from '@posthorn/identity'
import { createKeystore, type Keystore } from '@posthorn/protocol-v2'

/** The portable back end: the same on every machine. */
export const crypto: Crypto = createNobleCrypto()

/** A time for everything. */
export const nowNs = 1_700_000_000_000_000_000n

/** A wallet of a new account. */
export function newSigner(): WalletSigner {
  return createLocalSigner(crypto, crypto.randomBytes(32))
}

/** A keystore of a new account, or of a wallet. */
export function newKeystore(signer: WalletSigner = newSigner()): Promise<Keystore> {
  return createKeystore(crypto, { signer, nowMs: Number(nowNs / 1_000_000n) })
}
