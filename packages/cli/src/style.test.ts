import { describe, expect, test } from 'vitest'
import { createStyle, type StyleWishes } from './style.ts'

const terminal: StyleWishes = { stream: { isTTY: true }, env: {}, isColorWanted: true }
const red = '\u001b[31mno\u001b[39m'

describe('createStyle', () => {
  test.each<[string, Partial<StyleWishes>, string]>([
    ['paints on a terminal', {}, red],
    ['is plain in a pipe', { stream: {} }, 'no'],
    ['is plain under NO_COLOR', { env: { NO_COLOR: '1' } }, 'no'],
    ['ignores an empty NO_COLOR', { env: { NO_COLOR: '' } }, red],
    ['is plain on a dumb terminal', { env: { TERM: 'dumb' } }, 'no'],
    ['is plain when none is wanted', { isColorWanted: false, env: { FORCE_COLOR: '1' } }, 'no'],
    ['paints a pipe under FORCE_COLOR', { stream: {}, env: { FORCE_COLOR: '1' } }, red],
    ['is plain in a pipe under FORCE_COLOR=0', { stream: {}, env: { FORCE_COLOR: '0' } }, 'no'],
  ])('%s', (_, wishes, expected) => {
    expect(createStyle({ ...terminal, ...wishes }).bad('no')).toBe(expected)
  })
})
