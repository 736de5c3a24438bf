import { CodecError } from '@posthorn/errors'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  equalContentTypes,
  formatContentType,
  parseContentType,
  sameContentType,
} from './content-type.ts'
import { textType } from './standard/text.ts'

test('a content type is authority/type:major.minor', () => {
  expect(formatContentType(textType)).toBe('xmtp.org/text:1.0')
  expect(parseContentType('xmtp.org/text:1.0')).toEqual(textType)
})

test('parsing gives back what formatting made', () => {
  const name = fc.stringMatching(/^[a-zA-Z.-]{1,20}$/)
  const version = fc.integer({ min: 0, max: 999_999_999 })
  fc.assert(
    fc.property(name, name, version, version, (authorityId, typeId, versionMajor, versionMinor) => {
      const id = { authorityId, typeId, versionMajor, versionMinor }
      expect(parseContentType(formatContentType(id))).toEqual(id)
    }),
  )
})

test.each([
  '',
  'text',
  'xmtp.org/text',
  'xmtp.org/text:1',
  'xmtp.org/text:1.',
  '/text:1.0',
  'a/b:1.0 ',
  'a/b:-1.0',
])('parsing refuses %j', (text) => {
  expect(() => parseContentType(text)).toThrow(CodecError)
})

test('two versions are the same type but not equal', () => {
  const later = { ...textType, versionMinor: 1 }
  expect(sameContentType(textType, later)).toBe(true)
  expect(equalContentTypes(textType, later)).toBe(false)
  expect(equalContentTypes(textType, { ...textType })).toBe(true)
  expect(sameContentType(textType, { ...textType, authorityId: 'xtmp.org' })).toBe(false)
})
