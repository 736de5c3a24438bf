import { expect, test } from 'vitest'
import { byId, differencesOf } from './compare.ts'
import type { View } from './view.ts'

const view: View = {
  id: 'a',
  sender: '0x1',
  sentMs: 1,
  type: 'xmtp.org/text:1.0',
  content: 'hello',
  fallback: undefined,
  version: 'v2',
}
const reading = (found: readonly View[]) => ({ name: 'list', wanted: [view], found })

test('equal readings have no differences', () => {
  expect(differencesOf(reading([{ ...view }]))).toEqual([])
})

test.each<[keyof View, unknown]>([
  ['id', 'b'],
  ['sender', '0x2'],
  ['sentMs', 2],
  ['type', 'xmtp.org/text:2.0'],
  ['content', { hello: 1 }],
  ['fallback', 'instead'],
  ['version', 'v1'],
])('a planted difference is found in %s', (name, value) => {
  const [difference] = differencesOf(reading([{ ...view, [name]: value }]))
  expect(difference).toEqual({ reading: 'list', at: `0.${name}`, wanted: view[name], found: value })
})

test.each([
  ['missing', []],
  ['doubled', [view, view]],
])('a %s message is found', (_name, found) => {
  const [difference] = differencesOf(reading(found))
  expect(difference).toEqual({ reading: 'list', at: 'count', wanted: 1, found: found.length })
})

test('other order is found, unless order says nothing', () => {
  const [one, other] = [view, { ...view, id: 'b' }]
  const turned = { name: 'list', wanted: [one, other], found: [other, one] }
  expect(differencesOf(turned)).toHaveLength(2)
  const sorted = { name: 'list', wanted: byId(turned.wanted), found: byId(turned.found) }
  expect(differencesOf(sorted)).toEqual([])
})
