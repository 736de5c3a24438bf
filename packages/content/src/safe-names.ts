// Names of files and of their kinds, as far as they can be trusted when a peer has chosen them.

import { fromUtf8, toUtf8 } from '@posthorn/bytes'

/** Longest name that common file systems take, in bytes of UTF-8. */
export const maxFileNameBytes = 255

const unnamed = 'file'
const unknownMimeType = 'application/octet-stream'

// Control and format characters, among them those that turn the direction of writing and hide an ending.
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu
// Separators of paths and what Windows reserves.
const forbidden = /[/\\:*?"<>|]/g
const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i
const mimeType = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/i

/** The name under which a received file can be saved: one path segment that shows all it holds. */
export function safeFileName(name: string): string {
  const visible = name.replace(invisible, '').replace(forbidden, '_')
  // Windows drops blanks and dots at the end, Unix hides names that start with a dot.
  const trimmed = visible.replace(/^[\s.]+/, '').trimEnd()
  const free = reserved.test(trimmed) ? `_${trimmed}` : trimmed
  return shortened(free).replace(/[\s.]+$/, '') || unnamed
}

/** The kind of a received file if it is one that may stand in a header, without its parameters. */
export function safeMimeType(text: string): string {
  const bare = text.split(';', 1)[0]?.trim() ?? ''
  return mimeType.test(bare) ? bare.toLowerCase() : unknownMimeType
}

// What goes is the middle, so that the ending stays.
function shortened(name: string): string {
  if (toUtf8(name).length <= maxFileNameBytes) return name
  const dot = name.lastIndexOf('.')
  const ending = dot > 0 && name.length - dot <= 16 ? name.slice(dot) : ''
  const room = maxFileNameBytes - toUtf8(ending).length
  return firstBytes(name.slice(0, name.length - ending.length), room) + ending
}

function firstBytes(text: string, maxBytes: number): string {
  const bytes = toUtf8(text)
  let end = maxBytes
  // Never inside a character: its following bytes start with the bits 10.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return fromUtf8(bytes.subarray(0, end))
}
