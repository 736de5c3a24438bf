// Text from strangers must not drive the terminal: escape sequences can repaint the screen, set the
// clipboard or forge lines, and direction marks can make one address look like another.

import { toBase64 } from '@posthorn/bytes'

const controlPictures = 0x2400
const lineBreak = /\r\n|[\n\r\u2028\u2029]/
// Control characters but tab, and the marks that open or close a change of direction.
const unsafe = /[^\t\P{Cc}]|[\u202a-\u202e\u2066-\u2069]/gu
const unsafeInJson = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu

/** The text with what a terminal would obey made visible; further lines are indented by `indent` spaces. */
export function printable(text: string, indent = 0): string {
  return text
    .split(lineBreak)
    .map((line) => line.replace(unsafe, visible))
    .join(`\n${' '.repeat(indent)}`)
}

/** One line of JSON; bigints become decimal texts, bytes base64, and nothing in it can drive a terminal. */
export function toJson(document: unknown): string {
  const text = JSON.stringify(document, (_, value: unknown) => {
    if (typeof value === 'bigint') return value.toString()
    return value instanceof Uint8Array ? toBase64(value) : value
  })
  return text.replace(unsafeInJson, escaped)
}

function visible(character: string): string {
  const code = character.charCodeAt(0)
  return code < 0x20 ? String.fromCharCode(controlPictures + code) : '\ufffd'
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
