import { CodecError } from '@posthorn/errors'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
// Written without the built-in methods of newer engines, which Hermes and older browsers lack.
const valueOfCode = new Int8Array(128).fill(-1)
for (let i = 0; i < alphabet.length; i++) valueOfCode[alphabet.charCodeAt(i)] = i
valueOfCode['-'.charCodeAt(0)] = 62
valueOfCode['_'.charCodeAt(0)] = 63

/** Padded standard base64. */
export function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) text += group(bytes, i)
  return text
}

/** Unpadded base64 in the URL alphabet. */
export function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/**
 * Bytes of a base64 text in the standard or URL alphabet, padded or not.
 *
 * @throws CodecError `bytes/not-base64`
 */
export function fromBase64(text: string): Uint8Array {
  const digits = text.replace(/={1,2}$/, '')
  const remainder = digits.length % 4
  if (remainder === 1 || (text.length !== digits.length && text.length % 4 !== 0)) throw notBase64()
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4))
  let at = 0
  let bits = 0
  let bitCount = 0
  for (let i = 0; i < digits.length; i++) {
    bits = (bits << 6) | digitValue(digits.charCodeAt(i))
    bitCount += 6
    if (bitCount >= 8) {
      bitCount -= 8
      bytes[at++] = (bits >> bitCount) & 0xff
      bits &= (1 << bitCount) - 1
    }
  }
  return bytes
}

function group(bytes: Uint8Array, at: number): string {
  const left = bytes.length - at
  const a = bytes[at] ?? 0
  const b = bytes[at + 1] ?? 0
  const c = bytes[at + 2] ?? 0
  const first = `${alphabet[a >> 2]}${alphabet[((a & 3) << 4) | (b >> 4)]}`
  if (left === 1) return `${first}==`
  const third = alphabet[((b & 15) << 2) | (c >> 6)]
  return left === 2 ? `${first}${third}=` : `${first}${third}${alphabet[c & 63]}`
}

function digitValue(code: number): number {
  const value = code < 128 ? valueOfCode[code] : -1
  if (value === undefined || value < 0) throw notBase64()
  return value
}

function notBase64(): CodecError {
  return new CodecError('bytes/not-base64', 'Decode base64: expected the standard or URL alphabet')
}
