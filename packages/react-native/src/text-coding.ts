// UTF-8 in plain JavaScript, in the form of the web's TextEncoder and TextDecoder.

import { CodecError } from '@posthorn/errors'

const replacement = 0xfffd
const byteOrderMark = 0xfeff

/** The part of the web's TextEncoder that needs no platform. */
export class PlainTextEncoder {
  readonly encoding = 'utf-8'

  /** UTF-8 bytes; halves of surrogate pairs become U+FFFD. */
  encode(text = ''): Uint8Array {
    const bytes = new Uint8Array(text.length * 3)
    return bytes.slice(0, this.encodeInto(text, bytes).written)
  }

  /** Writes whole characters as far as they fit. */
  encodeInto(text: string, into: Uint8Array): { read: number; written: number } {
    let written = 0
    let read = 0
    for (const character of text) {
      const bytes = bytesOf(character)
      if (written + bytes.length > into.length) break
      into.set(bytes, written)
      written += bytes.length
      read += character.length
    }
    return { read, written }
  }
}

/** The part of the web's TextDecoder that reads whole UTF-8 texts. */
export class PlainTextDecoder {
  readonly encoding = 'utf-8'
  readonly fatal: boolean
  readonly ignoreBOM: boolean

  /** @throws CodecError `react-native/unknown-encoding` for anything but UTF-8 */
  constructor(label = 'utf-8', options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
    if (!/^utf-?8$/i.test(label.trim())) {
      throw new CodecError(
        'react-native/unknown-encoding',
        'Create TextDecoder: found another encoding, wanted utf-8',
      )
    }
    this.fatal = options.fatal ?? false
    this.ignoreBOM = options.ignoreBOM ?? false
  }

  /** @throws CodecError `react-native/not-utf8` when fatal */
  decode(input: ArrayBuffer | ArrayBufferView = new Uint8Array(0)): string {
    const bytes = ArrayBuffer.isView(input)
      ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength)
      : new Uint8Array(input)
    let text = ''
    for (let at = 0; at < bytes.length; ) {
      const { codePoint, lengthBytes } = characterAt(bytes, at)
      if (codePoint === undefined && this.fatal) throw notUtf8()
      const isMark = at === 0 && codePoint === byteOrderMark && !this.ignoreBOM
      if (!isMark) text += String.fromCodePoint(codePoint ?? replacement)
      at += lengthBytes
    }
    return text
  }
}

function bytesOf(character: string): readonly number[] {
  const found = character.codePointAt(0) ?? 0
  const code = found >= 0xd800 && found <= 0xdfff ? replacement : found
  const tail = (shift: number): number => 0x80 | ((code >> shift) & 0x3f)
  if (code < 0x80) return [code]
  if (code < 0x800) return [0xc0 | (code >> 6), tail(0)]
  if (code < 0x10000) return [0xe0 | (code >> 12), tail(6), tail(0)]
  return [0xf0 | (code >> 18), tail(12), tail(6), tail(0)]
}

type Character = { readonly codePoint: number | undefined; readonly lengthBytes: number }

// What does not continue a character ends it: the longest beginning of one counts as one error.
function characterAt(bytes: Uint8Array, at: number): Character {
  const first = bytes[at] ?? 0
  if (first < 0x80) return { codePoint: first, lengthBytes: 1 }
  const lengthBytes = lengthOf(first)
  if (lengthBytes === 0) return { codePoint: undefined, lengthBytes: 1 }
  let codePoint = first & (0x7f >> lengthBytes)
  let [lowest, highest] = secondByteRange(first)
  for (let i = 1; i < lengthBytes; i++) {
    const byte = bytes[at + i]
    if (byte === undefined || byte < lowest || byte > highest) {
      return { codePoint: undefined, lengthBytes: i }
    }
    codePoint = (codePoint << 6) | (byte & 0x3f)
    lowest = 0x80
    highest = 0xbf
  }
  return { codePoint, lengthBytes }
}

function lengthOf(first: number): number {
  if (first >= 0xc2 && first <= 0xdf) return 2
  if (first >= 0xe0 && first <= 0xef) return 3
  return first >= 0xf0 && first <= 0xf4 ? 4 : 0
}

// Leaves out what is too long for its character, surrogates, and what lies above U+10FFFF.
function secondByteRange(first: number): [number, number] {
  if (first === 0xe0) return [0xa0, 0xbf]
  if (first === 0xed) return [0x80, 0x9f]
  if (first === 0xf0) return [0x90, 0xbf]
  return first === 0xf4 ? [0x80, 0x8f] : [0x80, 0xbf]
}

function notUtf8(): CodecError {
  return new CodecError('react-native/not-utf8', 'Decode text: the bytes are not valid UTF-8')
}
