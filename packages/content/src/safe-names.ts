// Names of files and of their kinds, as far as they can be trusted when a peer has chosen them.

import { fromUtf8, toUtf8 } from '@posthorn/bytes'

/** Longest name that common file systems take, in bytes of UTF-8. */
export const maxFileNameBytes = 255

const unnamed = 'file'
const maxEndingLength = 16
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
  // Unix hides names that start with a dot.
  const fitting = shortened(visible.replace(/^[\s.]+/, ''))
  return shortened(reserved.test(fitting) ? `_${fitting}` : fitting) || unnamed
}

/** The kind of a received file if it is one that may stand in a header, without its parameters. */
export function safeMimeType(text: string): string {
  const bare = text.split(';', 1)[0]?.trim() ?? ''
  return mimeType.test(bare) ? bare.toLowerCase() : unknownMimeType
}

// What goes is the middle, so that the ending stays. Windows drops blanks and dots at the end.
function shortened(name: string): string {
  const trimmed = trimmedEnd(name)
  if (toUtf8(trimmed).length <= maxFileNameBytes) return trimmed
  const dot = trimmed.lastIndexOf('.')
  const ending = dot > 0 && trimmed.length - dot <= maxEndingLength ? trimmed.slice(dot) : ''
  const start = trimmed.slice(0, trimmed.length - ending.length)
  return trimmedEnd(firstBytes(start, maxFileNameBytes - toUtf8(ending).length) + ending)
}

function trimmedEnd(text: string): string {
  let end = text.length
  while (end > 0 && /[\s.]/.test(text.charAt(end - 1))) end--
  return text.slice(0, end)
}

function firstBytes(text: string, maxBytes: number): string {
  const bytes = toUtf8(text)
  let end = maxBytes
  // Never inside a character: its following bytes start with the bits 10.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return fromUtf8(bytes.subarray(0, end))
}
