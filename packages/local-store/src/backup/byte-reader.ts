import { concatBytes } from '@posthorn/bytes'

/** Pieces of any length as one run of bytes. */
export type ByteReader = {
  /** The next `length` bytes; undefined when fewer are left. */
  take(length: number): Promise<Uint8Array | undefined>
  isAtEnd(): Promise<boolean>
}

/** Reads pieces as they come; at most one piece more than was asked for is held. */
export function createByteReader(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): ByteReader {
  const iterator = toAsync(pieces)
  let held: Uint8Array = new Uint8Array()

  async function hold(length: number): Promise<boolean> {
    const parts = [held]
    let total = held.length
    while (total < length) {
      const next = await iterator.next()
      if (next.done === true) break
      parts.push(next.value)
      total += next.value.length
    }
    held = parts.length === 1 ? held : concatBytes(...parts)
    return total >= length
  }

  return {
    take: async (length) => {
      if (!(await hold(length))) return undefined
      const taken = held.subarray(0, length)
      held = held.subarray(length)
      return taken
    },
    isAtEnd: async () => !(await hold(1)),
  }
}

async function* toAsync(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  yield* pieces
}
