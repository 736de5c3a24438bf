import { UsageError } from '@posthorn/errors'

const encoder = new TextEncoder()
// Texts of fewer bytes have a length of one byte, and are written without the encoder where they are ASCII.
const shortTextUnits = 0x80
const firstBytes = 1_024
// Larger buffers are not kept for the next message.
const keptBytes = 65_536

const halves = new DataView(new ArrayBuffer(8))

/**
 * Writes protobuf values into one growing buffer, which serves message after message; generated code drives
 * it. A class, because generated code asks for one.
 */
export class BinaryWriter {
  #buffer = new Uint8Array(firstBytes)
  #at = 0
  /** Where the messages begin that are not yet joined. */
  #starts: number[] = []

  /** All that was written, in an array of its own; the buffer is wiped, as keys may be among it. */
  finish(): Uint8Array {
    const bytes = this.#buffer.slice(0, this.#at)
    this.reset()
    return bytes
  }

  /** Forgets all that was written. */
  reset(): void {
    this.#buffer.fill(0, 0, this.#at)
    if (this.#buffer.length > keptBytes) this.#buffer = new Uint8Array(firstBytes)
    this.#at = 0
    this.#starts = []
  }

  /** Begins a message within this one; its length stands before it, one byte until known better. */
  fork(): this {
    this.#reserve(1)
    this.#starts.push(this.#at)
    this.#at++
    return this
  }

  /** Ends the message that was begun last. */
  join(): this {
    const start = this.#starts.pop() ?? 0
    const end = this.#at
    const length = end - start - 1
    this.#at = start
    if (length < 0x80) {
      this.#buffer[start] = length
      this.#at = end
      return this
    }
    const prefixBytes = varintBytes(length)
    this.#reserve(prefixBytes + length)
    this.#buffer.copyWithin(start + prefixBytes, start + 1, end)
    this.uint32(length)
    this.#at += length
    return this
  }

  /** A varint of 32 bits. @throws UsageError `wire/bad-integer` */
  uint32(value: number): this {
    if (value >>> 0 !== value) throw badInteger('32')
    this.#reserve(5)
    let rest = value
    while (rest > 0x7f) {
      this.#buffer[this.#at++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.#buffer[this.#at++] = rest
    return this
  }

  /** A varint of a signed number of 32 bits; negative ones take ten bytes. @throws UsageError `wire/bad-integer` */
  int32(value: number): this {
    if (value >= 0) return this.uint32(value)
    if ((value | 0) !== value) throw badInteger('32')
    return this.uint64(BigInt.asUintN(64, BigInt(value)))
  }

  /** A varint of 64 bits. @throws UsageError `wire/bad-integer` */
  uint64(value: bigint): this {
    if (BigInt.asUintN(64, value) !== value) throw badInteger('64')
    this.#reserve(10)
    halves.setBigUint64(0, value)
    let high = halves.getUint32(0)
    let low = halves.getUint32(4)
    while (high > 0) {
      this.#buffer[this.#at++] = (low & 0x7f) | 0x80
      low = ((low >>> 7) | (high << 25)) >>> 0
      high >>>= 7
    }
    return this.uint32(low)
  }

  /** One byte, 0 or 1. */
  bool(value: boolean): this {
    return this.uint32(value ? 1 : 0)
  }

  /** Bytes after their length. */
  bytes(value: Uint8Array): this {
    this.uint32(value.length)
    this.#reserve(value.length)
    this.#buffer.set(value, this.#at)
    this.#at += value.length
    return this
  }

  /** UTF-8 after its length. */
  string(value: string): this {
    if (value.length >= shortTextUnits || !this.#ascii(value)) this.bytes(encoder.encode(value))
    return this
  }

  // Writes a short text and says so, unless it has other characters than ASCII.
  #ascii(value: string): boolean {
    this.#reserve(1 + value.length)
    const start = this.#at + 1
    for (let i = 0; i < value.length; i++) {
      const unit = value.charCodeAt(i)
      if (unit > 0x7f) return false
      this.#buffer[start + i] = unit
    }
    this.#buffer[this.#at] = value.length
    this.#at = start + value.length
    return true
  }

  #reserve(length: number): void {
    const wanted = this.#at + length
    if (wanted <= this.#buffer.length) return
    const grown = new Uint8Array(Math.max(wanted, 2 * this.#buffer.length))
    grown.set(this.#buffer)
    this.#buffer.fill(0)
    this.#buffer = grown
  }
}

function varintBytes(value: number): number {
  let length = 1
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) length++
  return length
}

function badInteger(bits: string): UsageError {
  return new UsageError(
    'wire/bad-integer',
    `Encode message: found another number, wanted an integer of ${bits} bits, unsigned`,
  )
}
