import { equalBytes } from '@posthorn/bytes'
import { type Answer, accepted, type Backend, refused, unlessRefused, wrong } from './suite.ts'
import { bytesOf, type Fields, numberOf, type TestCase } from './vector-file.ts'

/** HKDF-SHA256: derives the bytes of each case. */
export async function hkdf(backend: Backend, _group: Fields, test: TestCase): Promise<Answer> {
  const input = {
    secret: bytesOf(test.fields, 'ikm'),
    salt: bytesOf(test.fields, 'salt'),
    info: bytesOf(test.fields, 'info'),
    lengthBytes: numberOf(test.fields, 'size'),
  }
  const derived = await unlessRefused(() => backend.crypto.hash.hkdfSha256(input))
  if (derived === undefined) return refused
  return equalBytes(derived, bytesOf(test.fields, 'okm')) ? accepted : wrong('derived other bytes')
}
