// Text to the words that search compares: lower case, without accents, whatever separates them.

const maxWordsPerMessage = 500
const maxWordCharacters = 40
const maxTextCharacters = 20_000

// Scripts that put no spaces between words: there, what is looked for may begin anywhere.
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u

/** The different words of a text, bounded; a longer word counts by its beginning. */
export function wordsOf(text: string): string[] {
  const folded = text
    .slice(0, maxTextCharacters)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
  const words = new Set<string>()
  for (const [word] of folded.matchAll(/[\p{L}\p{N}]+/gu)) {
    if (words.size >= maxWordsPerMessage) break
    words.add(word.slice(0, maxWordCharacters))
  }
  return [...words]
}

/** The words of a message as its segment has them: a space before each. */
export function joinWords(words: readonly string[]): string {
  return words.map((word) => ` ${word}`).join('')
}

/** What {@link joinWords} of a message contains when one of its words begins with `word`. */
export function patternOf(word: string): string {
  return unspaced.test(word) ? word : ` ${word}`
}
