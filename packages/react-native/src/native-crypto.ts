// What is used of react-native-quick-crypto: calls of the form of node:crypto, so that tests can run the same
// code on Node's own.

/** Bytes as the module gives them; a copy is made of each. */
export type NativeBytes = Uint8Array

/** The module react-native-quick-crypto, as far as it is used. */
export type NativeCrypto = {
  createHash(algorithm: 'sha256'): NativeDigest
  createHmac(algorithm: 'sha256', key: Uint8Array): NativeDigest
  createCipheriv(algorithm: 'aes-256-gcm', key: Uint8Array, nonce: Uint8Array): NativeCipher
  createDecipheriv(algorithm: 'aes-256-gcm', key: Uint8Array, nonce: Uint8Array): NativeDecipher
  createECDH(curve: 'secp256k1'): NativeEcdh
  getRandomValues(bytes: Uint8Array<ArrayBuffer>): unknown
}

/** A hash or a MAC under way. */
export type NativeDigest = {
  update(data: Uint8Array): unknown
  digest(): NativeBytes
}

/** AES-GCM under way. */
export type NativeCipher = {
  setAAD(data: Uint8Array): unknown
  update(data: Uint8Array): NativeBytes
  final(): NativeBytes
  getAuthTag(): NativeBytes
}

/** AES-GCM under way, backwards; `final` throws when the tag is another. */
export type NativeDecipher = Omit<NativeCipher, 'getAuthTag'> & {
  // A Buffer in the module's types; it takes any bytes.
  setAuthTag(tag: never): unknown
}

/** Diffie-Hellman. The module takes keys as its own Buffers or as hexadecimal text. */
export type NativeEcdh = {
  setPrivateKey(privateKey: string, encoding: 'hex'): unknown
  /** 65 bytes starting 0x04. */
  getPublicKey(): NativeBytes | string
  /** The x coordinate, 32 bytes. */
  computeSecret(publicKey: string, encoding: 'hex'): NativeBytes
}
