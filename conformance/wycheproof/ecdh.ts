import { equalBytes } from '@posthorn/bytes'
import { publicKeyPoint, toScalar } from './der.ts'
import { type Answer, accepted, type Backend, refused, unlessRefused, wrong } from './suite.ts'
import { bytesOf, type Fields, type TestCase, textOf } from './vector-file.ts'

/** ECDH over secp256k1: compares the abscissa of the shared point. */
export async function ecdh(backend: Backend, group: Fields, test: TestCase): Promise<Answer> {
  const encoded = bytesOf(test.fields, 'public')
  const publicKey = textOf(group, 'encoding') === 'ecpoint' ? encoded : publicKeyPoint(encoded)
  const privateKey = toScalar(bytesOf(test.fields, 'private'))
  if (publicKey === undefined || privateKey === undefined) return refused
  const point = await unlessRefused(() => backend.crypto.curve.sharedPoint(privateKey, publicKey))
  if (point === undefined) return refused
  const holds = equalBytes(point.subarray(1, 33), bytesOf(test.fields, 'shared'))
  return holds ? accepted : wrong('computed another shared secret')
}
