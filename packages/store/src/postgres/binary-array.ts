// Arrays as PostgreSQL receives them in binary form: a header, then each element after its length. As
// text, bytes would cost twice their size and be parsed twice.

// Type numbers of the elements, the same in every database.
const byteaType = 17
const int8Type = 20
const int2Type = 21
const int4Type = 23

const headerBytes = 20

/** A `bytea[]`. */
export function byteaArray(values: readonly Uint8Array[]): Buffer {
  const bytes = values.reduce((sum, value) => sum + 4 + value.length, 0)
  const { array, start } = arrayOf(byteaType, values.length, bytes)
  let at = start
  for (const value of values) {
    at = array.writeInt32BE(value.length, at)
    array.set(value, at)
    at += value.length
  }
  return array
}

/** A `bigint[]`. */
export function int8Array(values: readonly bigint[]): Buffer {
  const { array, start } = arrayOf(int8Type, values.length, 12 * values.length)
  let at = start
  for (const value of values) at = array.writeBigInt64BE(value, array.writeInt32BE(8, at))
  return array
}

/** An `int[]`. */
export function int4Array(values: readonly number[]): Buffer {
  const { array, start } = arrayOf(int4Type, values.length, 8 * values.length)
  let at = start
  for (const value of values) at = array.writeInt32BE(value, array.writeInt32BE(4, at))
  return array
}

/** A `smallint[]`. */
export function int2Array(values: readonly number[]): Buffer {
  const { array, start } = arrayOf(int2Type, values.length, 6 * values.length)
  let at = start
  for (const value of values) at = array.writeInt16BE(value, array.writeInt32BE(2, at))
  return array
}

// One dimension, no nulls, counted from 1; an empty array has no dimension.
function arrayOf(
  elementType: number,
  count: number,
  bytes: number,
): { readonly array: Buffer; readonly start: number } {
  const array = Buffer.allocUnsafe(count === 0 ? 12 : headerBytes + bytes)
  let at = array.writeInt32BE(count === 0 ? 0 : 1, 0)
  at = array.writeInt32BE(0, at)
  at = array.writeInt32BE(elementType, at)
  if (count > 0) at = array.writeInt32BE(1, array.writeInt32BE(count, at))
  return { array, start: at }
}
