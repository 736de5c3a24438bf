import { ProtocolError } from '@posthorn/errors'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromBase64, toBase64, toBase64Url } from './base64.ts'

const bytes = fc.uint8Array({ maxLength: 200 })

describe('base64', () => {
  test('default: agrees with the platform in both alphabets', () => {
    fc.assert(
      fc.property(bytes, (data) => {
        expect(toBase64(data)).toBe(Buffer.from(data).toString('base64'))
        expect(toBase64Url(data)).toBe(Buffer.from(data).toString('base64url'))
        expect(fromBase64(toBase64(data))).toEqual(data)
        expect(fromBase64(toBase64Url(data))).toEqual(data)
      }),
    )
  })

  test.each(['a', 'ab=', 'a===', '====', 'ab cd', 'ab\ncd', 'äbcd', 'ab=c', '*'])(
    'error: %j is refused with a typed error',
    (text) => {
      expect(() => fromBase64(text)).toThrow(ProtocolError)
    },
  )
})
