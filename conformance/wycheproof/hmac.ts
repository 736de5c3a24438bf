import { equalBytes } from '@posthorn/bytes'
import { type Answer, accepted, type Backend, refused } from './suite.ts'
import { bytesOf, type Fields, numberOf, type TestCase } from './vector-file.ts'

/** HMAC-SHA256: compares the tag of each case, which may be cut short, with the one computed. */
export function hmac(backend: Backend, group: Fields, test: TestCase): Answer {
  const tagBytes = numberOf(group, 'tagSize') / 8
  const { hash } = backend.crypto
  const mac = hash.hmacSha256(bytesOf(test.fields, 'key'), bytesOf(test.fields, 'msg'))
  const holds = equalBytes(mac.subarray(0, tagBytes), bytesOf(test.fields, 'tag'))
  return holds ? accepted : refused
}
