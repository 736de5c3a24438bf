import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'

/** What this package uses of the libsecp256k1 addon; every call throws on inputs it cannot parse. */
export type Bindings = {
  contextRandomize(seed: Uint8Array): void
  publicKeyCreate(privateKey: Uint8Array, compressed: boolean): Uint8Array
  ecdsaSign(digest: Uint8Array, privateKey: Uint8Array): { signature: Uint8Array; recid: number }
  ecdsaVerify(compact: Uint8Array, digest: Uint8Array, publicKey: Uint8Array): boolean
  ecdsaRecover(
    compact: Uint8Array,
    recovery: number,
    digest: Uint8Array,
    compressed: boolean,
  ): Uint8Array
  ecdh(
    publicKey: Uint8Array,
    privateKey: Uint8Array,
    options: { hashfn: () => Uint8Array; xbuf: Uint8Array; ybuf: Uint8Array },
    output: Uint8Array,
  ): Uint8Array
}

/** The libsecp256k1 addon, or undefined where it is not installed or has no build for the machine. */
export function loadBindings(): Bindings | undefined {
  try {
    // The main entry of the package would fall back to a slow JavaScript curve without a word.
    const bindings: Bindings = createRequire(import.meta.url)('secp256k1/bindings.js')
    bindings.contextRandomize(randomBytes(32))
    return bindings
  } catch {
    return undefined
  }
}
