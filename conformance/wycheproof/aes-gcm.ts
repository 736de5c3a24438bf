import { concatBytes, equalBytes } from '@posthorn/bytes'
import { type Answer, accepted, type Backend, refused, unlessRefused, wrong } from './suite.ts'
import { bytesOf, type Fields, type TestCase } from './vector-file.ts'

const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16

/** AES-GCM: decrypts each ciphertext, and for valid ones encrypts to the same bytes. */
export async function aesGcm(backend: Backend, _group: Fields, test: TestCase): Promise<Answer> {
  const { aead } = backend.crypto
  const input = {
    key: bytesOf(test.fields, 'key'),
    nonce: bytesOf(test.fields, 'iv'),
    additionalData: bytesOf(test.fields, 'aad'),
  }
  const tag = bytesOf(test.fields, 'tag')
  const plaintext = bytesOf(test.fields, 'msg')
  const ciphertext = concatBytes(bytesOf(test.fields, 'ct'), tag)
  const decrypted = await unlessRefused(() => aead.decrypt({ ...input, ciphertext }))
  const outside = outsideThePort(input, tag)
  if (outside !== undefined) {
    return decrypted === undefined
      ? { kind: 'outside', reason: `${outside}, and refused` }
      : wrong(`taken, but it has a ${outside}`)
  }
  if (decrypted === undefined) return refused
  if (!equalBytes(decrypted, plaintext)) return wrong('decrypted to another plaintext')
  const encrypted = await aead.encrypt({ ...input, plaintext })
  return equalBytes(encrypted, ciphertext) ? accepted : wrong('encrypted to another ciphertext')
}

// The port has AES-256 with nonces of 12 and tags of 16 bytes, and nothing else. An empty nonce is
// inside: no AES-GCM has it, and the files ask for its refusal.
function outsideThePort(
  { key, nonce }: { key: Uint8Array; nonce: Uint8Array },
  tag: Uint8Array,
): string | undefined {
  if (key.length !== keyBytes) return `key not of ${keyBytes} bytes`
  if (nonce.length !== nonceBytes && nonce.length > 0) return `nonce not of ${nonceBytes} bytes`
  return tag.length === tagBytes ? undefined : `tag not of ${tagBytes} bytes`
}
