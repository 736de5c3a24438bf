// The bytes of one body, while they come in.

const largeBytes = 1_048_576

/**
 * Puts a body together. A large one lies in one piece from early on: its chunks and the whole beside one
 * another would be twice its size.
 */
export class BodyBytes {
  /** What is in one piece, with room for more behind it. */
  #whole: Buffer = Buffer.alloc(0)
  #wholeBytes = 0
  /** What has come since. */
  #chunks: Buffer[] = []
  #chunkBytes = 0
  #nextLookBytes = largeBytes

  /** Bytes so far. */
  get lengthBytes(): number {
    return this.#wholeBytes + this.#chunkBytes
  }

  /**
   * Appends a chunk. Returns all bytes so far once there are 1 MiB of them, and whenever they have doubled,
   * to be looked at before the next call; `expectedBytes` is the length of the body as far as it is known.
   */
  append(chunk: Buffer, expectedBytes: number): Buffer | undefined {
    const hasRoom = this.#wholeBytes + chunk.length <= this.#whole.length
    if (hasRoom) {
      this.#wholeBytes += chunk.copy(this.#whole, this.#wholeBytes)
    } else {
      this.#chunks.push(chunk)
      this.#chunkBytes += chunk.length
    }
    const { lengthBytes } = this
    if (lengthBytes < this.#nextLookBytes) return undefined
    this.#nextLookBytes = 2 * lengthBytes
    // Room that is only announced costs next to nothing: it is no memory before something is written there.
    return this.#gather(Math.max(2 * lengthBytes, Math.min(expectedBytes, 4 * lengthBytes)))
  }

  /** All bytes, in one piece. */
  take(): Buffer {
    const [only] = this.#chunks
    if (this.#wholeBytes > 0) return this.#gather(this.lengthBytes)
    return this.#chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.#chunks)
  }

  /** Forgets all bytes, also those that it has shown. */
  drop(): void {
    free(this.#whole)
    this.#whole = Buffer.alloc(0)
    this.#wholeBytes = 0
    this.#chunks = []
    this.#chunkBytes = 0
  }

  #gather(roomBytes: number): Buffer {
    if (this.#whole.length < this.lengthBytes) {
      const whole = Buffer.allocUnsafeSlow(roomBytes)
      this.#wholeBytes = this.#whole.copy(whole, 0, 0, this.#wholeBytes)
      free(this.#whole)
      for (const chunk of this.#chunks) this.#wholeBytes += chunk.copy(whole, this.#wholeBytes)
      this.#whole = whole
      this.#chunks = []
      this.#chunkBytes = 0
    }
    return this.#whole.subarray(0, this.#wholeBytes)
  }
}

// V8 collects what lies beside its heap each 64 MiB: floods would hold as much in bodies that nobody needs.
function free(whole: Buffer): void {
  if (whole.length > 0) (whole.buffer as ArrayBuffer).transfer(0)
}
