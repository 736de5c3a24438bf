// Text of strangers on a screen of ours.

// Controls, format characters (bidi overrides and isolates, zero-width characters, tags), line and paragraph
// separators, lone surrogates, private use and unassigned characters; blanks and fillers that look like
// another blank or like nothing; selectors that change nothing to be seen.
const hiding =
  /[\p{C}\p{Zl}\p{Zp}]|[\u115f\u1160\u2800\u3164\uffa0]|\u034f|[\u180b-\u180d]|[\ufe00-\ufe0e]|[\u{e0100}-\u{e01ef}]|(?! )\p{Zs}/u

// The one that belongs where it is: a joiner within an emoji of several.
const emojiJoiner =
  /(?<=\p{Extended_Pictographic}\p{Emoji_Modifier}?\ufe0f?)\u200d(?=\p{Extended_Pictographic})/u

const either = new RegExp(`${emojiJoiner.source}|(${hiding.source})`, 'gu')

/** A text in which every character that hides, reorders or breaks others reads `\u{…}` instead. */
export function escapeText(text: string): string {
  return text.replace(either, (character: string, hides: string | undefined) =>
    hides === undefined ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  )
}
