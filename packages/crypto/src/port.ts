// The crypto port: every primitive the protocol needs, and nothing the protocol knows.
// Three back ends implement it (native, web, noble); contract.ts is the suite that each must pass.

/** ECDSA signature: r || s (64 bytes, low s) and the recovery bit. */
export type RecoverableSignature = {
  readonly compact: Uint8Array
  readonly recovery: 0 | 1
}

/** secp256k1. Private keys are 32 bytes, public keys and points 65 bytes starting 0x04, digests 32 bytes. */
export type Curve = {
  /** Whether the bytes are a scalar in 1..order-1. */
  isPrivateKey(bytes: Uint8Array): boolean
  /** @throws ValidationError `crypto/bad-private-key` */
  publicKey(privateKey: Uint8Array): Uint8Array
  /** Deterministic (RFC 6979), low s. @throws ValidationError `crypto/bad-private-key`, `crypto/bad-length` */
  sign(digest: Uint8Array, privateKey: Uint8Array): RecoverableSignature
  /** False for every input that is not a valid low-s signature; never throws. */
  verify(compact: Uint8Array, digest: Uint8Array, publicKey: Uint8Array): boolean
  /** The key that made the signature. @throws VerificationError `crypto/bad-signature` */
  recover(signature: RecoverableSignature, digest: Uint8Array): Uint8Array
  /**
   * The whole Diffie-Hellman point, 65 bytes.
   * @throws ValidationError `crypto/bad-private-key`, `crypto/bad-public-key`
   */
  sharedPoint(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array
}

/** One-shot hashes. */
export type Hashes = {
  sha256(data: Uint8Array): Uint8Array
  keccak256(data: Uint8Array): Uint8Array
  hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array
  /** RFC 5869, SHA-256. @throws ValidationError `crypto/bad-length` for more than 8,160 bytes */
  hkdfSha256(input: HkdfInput): Uint8Array
}

/** Input of HKDF; `salt` and `info` may be empty. */
export type HkdfInput = {
  readonly secret: Uint8Array
  readonly salt: Uint8Array
  readonly info: Uint8Array
  readonly lengthBytes: number
}

/** What AES-256-GCM takes to encrypt: key 32 bytes, nonce 12 bytes. */
export type AeadInput = {
  readonly key: Uint8Array
  readonly nonce: Uint8Array
  readonly additionalData?: Uint8Array | undefined
}

/** AES-256-GCM with a 16-byte tag appended to the ciphertext. */
export type Aead = {
  /** @throws ValidationError `crypto/bad-length` */
  encrypt(input: AeadInput & { readonly plaintext: Uint8Array }): Promise<Uint8Array>
  /** @throws ValidationError `crypto/bad-length`; VerificationError `crypto/decrypt-failed` */
  decrypt(input: AeadInput & { readonly ciphertext: Uint8Array }): Promise<Uint8Array>
}

/** A source of cryptographically secure random bytes. */
export type RandomBytes = (lengthBytes: number) => Uint8Array

/** `native`: libsecp256k1 and node:crypto. `web`: WebAssembly and WebCrypto. `noble`: plain JavaScript. */
export type BackendName = 'native' | 'web' | 'noble'

/** What a back end says about itself; shown to users by `posthorn doctor`. */
export type BackendDescription = {
  readonly name: BackendName
  /** The code behind the name on this machine, in words; may change until `ready` settles. */
  readonly detail: string
}

/** One complete back end. */
export type Crypto = BackendDescription & {
  readonly curve: Curve
  readonly hash: Hashes
  readonly aead: Aead
  readonly randomBytes: RandomBytes
  /**
   * Settles when the fastest code of the back end is in use, and never rejects.
   * Nobody has to wait for it: every operation works before, with the same results.
   */
  readonly ready: Promise<void>
}

/** The part of a back end that only checks: all a node may hold. */
export type VerifyCrypto = BackendDescription & {
  readonly curve: Pick<Curve, 'verify' | 'recover'>
  readonly hash: Pick<Hashes, 'sha256' | 'keccak256'>
}
