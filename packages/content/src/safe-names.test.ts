import { toUtf8 } from '@posthorn/bytes'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { maxFileNameBytes, safeFileName, safeMimeType } from './safe-names.ts'

test.each([
  ['photo.jpg', 'photo.jpg'],
  ['Übersicht 2026 (1).pdf', 'Übersicht 2026 (1).pdf'],
  ['猫.png', '猫.png'],
  ['../../etc/passwd', '_.._etc_passwd'],
  ['..\\..\\boot.ini', '_.._boot.ini'],
  ['C:\\x.txt', 'C__x.txt'],
  ['/absolute', '_absolute'],
  ['.bashrc', 'bashrc'],
  ['..', 'file'],
  ['', 'file'],
  ['  \t ', 'file'],
  ['a\u0000b\r\nc.txt', 'abc.txt'],
  ['invoice\u202Egpj.exe', 'invoicegpj.exe'],
  ['in\u200Bvisible\u2066.txt', 'invisible.txt'],
  ['x.txt. . ', 'x.txt'],
  ['CON', '_CON'],
  ['CON .', '_CON'],
  [`CON${' '.repeat(300)}x`, '_CON'],
  ['lpt1.txt', '_lpt1.txt'],
  ['console.txt', 'console.txt'],
  ['a<b>|c?*".txt', 'a_b__c___.txt'],
])('%j is saved as %j', (name, safe) => {
  expect(safeFileName(name)).toBe(safe)
})

test('a name that is too long loses its middle and keeps its ending', () => {
  const safe = safeFileName(`${'ä'.repeat(500)}.jpeg`)
  expect(toUtf8(safe).length).toBeLessThanOrEqual(maxFileNameBytes)
  expect(safe).toMatch(/^ä+\.jpeg$/)
  expect(safeFileName(`a.${'b'.repeat(500)}`)).toHaveLength(maxFileNameBytes)
})

test('whatever the name, it is one segment of a path that can be seen', () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 400 }),
    fc.string({ unit: fc.constantFrom('.', '/', '\\', ' ', '\u202E', 'CON', 'ä', '\u0000') }),
  )
  fc.assert(
    fc.property(name, (given) => {
      const safe = safeFileName(given)
      expect(toUtf8(safe).length).toBeLessThanOrEqual(maxFileNameBytes)
      expect(safe).not.toMatch(/[/\\\p{Cc}\p{Cf}\p{Cs}]|^\.|^$|[. ]$/u)
      expect(safeFileName(safe)).toBe(safe)
    }),
    { numRuns: 2_000 },
  )
})

test.each([
  ['image/png', 'image/png'],
  ['IMAGE/PNG', 'image/png'],
  ['application/vnd.api+json', 'application/vnd.api+json'],
  ['text/plain; charset=utf-8', 'text/plain'],
  ['text/html\r\nset-cookie: a=b', 'application/octet-stream'],
  ['text', 'application/octet-stream'],
  ['text/', 'application/octet-stream'],
  ['a/b/c', 'application/octet-stream'],
  ['text/pla\u0000in', 'application/octet-stream'],
  [`${'a'.repeat(200)}/b`, 'application/octet-stream'],
  ['', 'application/octet-stream'],
])('the kind %j stands for %j', (text, safe) => {
  expect(safeMimeType(text)).toBe(safe)
})
