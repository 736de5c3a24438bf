import { aesGcm } from './aes-gcm.ts'
import { ecdh } from './ecdh.ts'
import { ecdsaBitcoin, ecdsaDer, ecdsaP1363 } from './ecdsa.ts'
import { hkdf } from './hkdf.ts'
import { hmac } from './hmac.ts'
import { ed25519, p256 } from './signature-checks.ts'
import type { Suite } from './suite.ts'
import type { Fields, TestGroup, VectorFile } from './vector-file.ts'

/** The suite for a group of a file, or undefined when nothing here has the primitive. */
export function suiteFor({ algorithm }: VectorFile, { fields }: TestGroup): Suite | undefined {
  if (algorithm === 'AES-GCM') return aesGcm
  if (algorithm === 'HKDF-SHA-256') return hkdf
  if (algorithm === 'HMACSHA256') return hmac
  const curve = curveOf(fields)
  if (algorithm === 'EDDSA' && curve === 'edwards25519') return ed25519
  if (algorithm === 'ECDSA' && fields['sha'] === 'SHA-256') return ecdsaSuite(fields['type'], curve)
  const isReadable = fields['encoding'] === 'asn' || fields['encoding'] === 'ecpoint'
  return algorithm === 'ECDH' && curve === 'secp256k1' && isReadable ? ecdh : undefined
}

function ecdsaSuite(type: unknown, curve: unknown): Suite | undefined {
  if (curve === 'secp256r1') return type === 'EcdsaVerify' ? p256 : undefined
  if (curve !== 'secp256k1') return undefined
  if (type === 'EcdsaP1363Verify') return ecdsaP1363
  if (type === 'EcdsaBitcoinVerify') return ecdsaBitcoin
  return type === 'EcdsaVerify' ? ecdsaDer : undefined
}

// ECDH groups name the curve themselves, signature groups within their key.
function curveOf(group: Fields): unknown {
  const key = group['publicKey']
  if (typeof key === 'object' && key !== null && 'curve' in key) return key.curve
  return group['curve']
}
