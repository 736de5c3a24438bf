// HMAC-SHA-256 under keys that are derived from a secret.

const algorithm = { name: 'HMAC', hash: 'SHA-256' } as const
const keyBits = 256

/** The key of a secret for a purpose: HKDF-SHA-256 without salt. */
export async function hkdfHmacKey(secret: Uint8Array, info: Uint8Array): Promise<CryptoKey> {
  const { subtle } = globalThis.crypto
  const material = await subtle.importKey('raw', plain(secret), 'HKDF', false, ['deriveKey'])
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: plain(info) }
  return subtle.deriveKey(derivation, material, { ...algorithm, length: keyBits }, true, [
    'sign',
    'verify',
  ])
}

/** The 32-byte HMAC of a message, under the key of a secret for a purpose. */
export async function generateHmacSignature(
  secret: Uint8Array,
  info: Uint8Array,
  message: Uint8Array,
): Promise<Uint8Array> {
  const key = await hkdfHmacKey(secret, info)
  return new Uint8Array(await globalThis.crypto.subtle.sign('HMAC', key, plain(message)))
}

/** Whether an HMAC is that of a message. */
export function verifyHmacSignature(
  key: CryptoKey,
  signature: Uint8Array,
  message: Uint8Array,
): Promise<boolean> {
  return globalThis.crypto.subtle.verify('HMAC', key, plain(signature), plain(message))
}

/** The 32 bytes of a key, for a push server. */
export async function exportHmacKey(key: CryptoKey): Promise<Uint8Array> {
  return new Uint8Array(await globalThis.crypto.subtle.exportKey('raw', key))
}

/** A key of its bytes. */
export function importHmacKey(key: Uint8Array): Promise<CryptoKey> {
  return globalThis.crypto.subtle.importKey('raw', plain(key), algorithm, true, ['sign', 'verify'])
}

// WebCrypto takes no views of shared memory, and the types know.
function plain(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(bytes)
}
