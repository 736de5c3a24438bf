import { describe, expect, test } from 'vitest'
import { normalizeName } from './normalize-name.ts'

describe('normalizeName', () => {
  test.each([
    ['Vitalik.ETH', 'vitalik.eth'],
    ['ＡＬＩＣＥ.eth', 'alice.eth'],
    ['Ⅷ.eth', 'viii.eth'],
    ['x\u00ady\u200bz.eth', 'xyz.eth'],
    ['💩️.eth', '💩.eth'],
    ['日本語.eth', '日本語.eth'],
    ['bücher.example', 'bücher.example'],
    ['_dnslink.alice.eth', '_dnslink.alice.eth'],
  ])('%j is spelt %j', (name, normalized) => {
    expect(normalizeName(name)).toBe(normalized)
    expect(normalizeName(normalized)).toBe(normalized)
  })

  test.each([
    // Cyrillic а between Latin letters; Cyrillic throughout; Greek omicron; Cherokee.
    'p\u0430ypal.eth',
    '\u0430\u0440\u0440\u04cf\u0435.eth',
    '\u03bfpen.eth',
    'vit\u13aalik.eth',
  ])('error: %s is easily taken for another', (name) => {
    expect(() => normalizeName(name)).toThrow(
      expect.objectContaining({ code: 'names/confusable-name' }),
    )
  })

  test.each([
    ['a..eth', 'an empty label'],
    ['.eth', 'an empty label'],
    ['ali\u202ece.eth', 'a character that is not allowed'],
    ['a b.eth', 'a character that is not allowed'],
    ['a_b.eth', 'a label that breaks a rule'],
    ['xn--a.eth', 'a label that breaks a rule'],
  ])('error: %j is refused for %s, without a word of it', (name, found) => {
    const message = `Resolve name: found ${found}, wanted a name that ENSIP-15 allows`
    expect(() => normalizeName(name)).toThrow(
      expect.objectContaining({ code: 'names/invalid-name', message }),
    )
  })
})
