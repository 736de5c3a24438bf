import { CodecError } from '@posthorn/errors'

// Other bytes in a text would be replaced in silence, and different texts become one.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
// Below this length the decoder's call costs more than looking at each byte.
const shortTextBytes = 96

const maxDepth = 100

const halves = new DataView(new ArrayBuffer(8))

/** What byte fields hold that are absent: one array for all, which nobody can change. */
export const noBytes: Uint8Array = new Uint8Array(0)

/**
 * Reads protobuf values from bytes, from front to back; generated code drives it. A class, because generated
 * code asks for one.
 */
export class BinaryReader {
  /** Where the next value starts. */
  pos = 0
  /** Bytes to read. */
  readonly len: number
  readonly #bytes: Uint8Array
  #depth = 0

  /** A reader at the start of `bytes`. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.len = bytes.length
  }

  /** The reader of a message that begins: over bytes of its own, or where another one holds it. @throws CodecError `wire/malformed` */
  static enter(input: BinaryReader | Uint8Array): BinaryReader {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input)
    if (reader.#depth >= maxDepth)
      throw malformed(`messages in one another more than ${maxDepth} deep`)
    reader.#depth++
    return reader
  }

  /** The message has ended that was entered last. */
  leave(): void {
    this.#depth--
  }

  /** Where a message ends that begins here; without a length, with the bytes. */
  endOf(length: number | undefined): number {
    return length === undefined ? this.len : this.pos + length
  }

  /** Passes over a field that nobody knows; false at the end of a group, which ends a message. @throws CodecError `wire/malformed` */
  skipField(tag: number): boolean {
    if ((tag & 7) === 4 || tag === 0) return false
    this.skip(tag & 7)
    return true
  }

  /** A varint, of which only the lower 32 bits count. @throws CodecError `wire/malformed` */
  uint32(): number {
    const first = this.#byte()
    if (first < 0x80) return first
    let value = first & 0x7f
    for (let shift = 7; shift < 70; shift += 7) {
      const byte = this.#byte()
      if (shift < 32) value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
    throw malformed('a varint of more than ten bytes')
  }

  /** A varint, as a signed number of 32 bits. @throws CodecError `wire/malformed` */
  int32(): number {
    return this.uint32() | 0
  }

  /** A varint of 64 bits. @throws CodecError `wire/malformed` */
  uint64(): bigint {
    let low = 0
    let high = 0
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#byte()
      const bits = byte & 0x7f
      if (shift < 32) low |= bits << shift
      // Of the fifth byte three bits are left for the upper half.
      if (shift === 28) high = bits >>> 4
      if (shift > 28) high |= bits << (shift - 32)
      if (byte < 0x80) {
        halves.setInt32(0, high)
        halves.setInt32(4, low)
        return halves.getBigUint64(0)
      }
    }
    throw malformed('a varint of more than ten bytes')
  }

  /** A varint, true when any bit is set. @throws CodecError `wire/malformed` */
  bool(): boolean {
    return this.uint64() !== 0n
  }

  /** A view of as many bytes as the length before them says. @throws CodecError `wire/malformed` */
  bytes(): Uint8Array {
    const length = this.uint32()
    const start = this.pos
    this.#advance(length)
    return this.#bytes.subarray(start, this.pos)
  }

  /** A text. @throws CodecError `wire/malformed`; TypeError for bytes that are not UTF-8 */
  string(): string {
    const bytes = this.bytes()
    return isShortAscii(bytes)
      ? Reflect.apply(String.fromCharCode, undefined, bytes)
      : utf8.decode(bytes)
  }

  /** Passes over a value that nobody asked for. @throws CodecError `wire/malformed` */
  skip(wireType: number, fieldNumber?: number, maxNested = 100): void {
    if (wireType === 0) this.uint64()
    else if (wireType === 1) this.#advance(8)
    else if (wireType === 2) this.#advance(this.uint32())
    else if (wireType === 3 && maxNested > 0) this.#skipGroup(fieldNumber, maxNested)
    else if (wireType === 5) this.#advance(4)
    else throw malformed('a value of no known kind')
  }

  // A group ends with a tag of the field that began it, which callers may leave unsaid.
  #skipGroup(groupNumber: number | undefined, maxNested: number): void {
    for (;;) {
      const tag = this.uint32()
      const [fieldNumber, wireType] = [tag >>> 3, tag & 7]
      if (wireType !== 4) {
        if (fieldNumber === 0) throw malformed('a field without a number')
        this.skip(wireType, fieldNumber, maxNested - 1)
      } else if (fieldNumber === groupNumber || groupNumber === undefined) return
      else throw malformed('the end of another group')
    }
  }

  #byte(): number {
    const byte = this.#bytes[this.pos]
    if (byte === undefined) throw malformed('the end')
    this.pos++
    return byte
  }

  #advance(length: number): void {
    this.pos += length
    if (this.pos > this.len) throw malformed('the end')
  }
}

function isShortAscii(bytes: Uint8Array): boolean {
  if (bytes.length > shortTextBytes) return false
  for (let i = 0; i < bytes.length; i++) {
    if ((bytes[i] ?? 0) > 0x7f) return false
  }
  return true
}

function malformed(found: string): CodecError {
  return new CodecError('wire/malformed', `Read protobuf: found ${found}, wanted a value`)
}
