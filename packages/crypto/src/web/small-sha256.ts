// SHA-256 (FIPS 180-4) in as few bytes of download as it takes. No step depends on the data.

const blockBytes = 64

// Fractions of the square roots of the first 8 primes, and of the cube roots of the first 64.
const initialState = Int32Array.from(firstPrimes(8), (prime) => fraction(Math.sqrt(prime)))
const roundConstants = Int32Array.from(firstPrimes(64), (prime) => fraction(Math.cbrt(prime)))

// Used by one call after the other, and wiped after each.
const schedule = new Int32Array(64)
const padded = new Uint8Array(2 * blockBytes)

/** SHA-256 of bytes, 32 bytes. */
export function smallSha256(data: Uint8Array): Uint8Array {
  const state = initialState.slice()
  const wholeBytes = data.length - (data.length % blockBytes)
  for (let at = 0; at < wholeBytes; at += blockBytes) compress(state, data, at)
  const end = pad(data, wholeBytes)
  for (let at = 0; at < end; at += blockBytes) compress(state, padded, at)
  const digest = new Uint8Array(32)
  const view = new DataView(digest.buffer)
  for (let i = 0; i < 8; i++) view.setInt32(4 * i, state[i] ?? 0)
  schedule.fill(0)
  padded.fill(0)
  return digest
}

// What is left of the data, a one bit, zeros, and the length in bits: one block or two.
function pad(data: Uint8Array, from: number): number {
  const restBytes = data.length - from
  const end = restBytes + 9 > blockBytes ? 2 * blockBytes : blockBytes
  padded.set(data.subarray(from))
  padded[restBytes] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(end - 8, data.length / 2 ** 29)
  view.setInt32(end - 4, data.length << 3)
  return end
}

function compress(state: Int32Array, block: Uint8Array, at: number): void {
  expand(block, at)
  let a = state[0] ?? 0
  let b = state[1] ?? 0
  let c = state[2] ?? 0
  let d = state[3] ?? 0
  let e = state[4] ?? 0
  let f = state[5] ?? 0
  let g = state[6] ?? 0
  let h = state[7] ?? 0
  for (let i = 0; i < 64; i++) {
    const bigE = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
    const choice = (e & f) ^ (~e & g)
    const one = (h + bigE + choice + (roundConstants[i] ?? 0) + (schedule[i] ?? 0)) | 0
    const bigA = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
    const majority = (a & b) ^ (a & c) ^ (b & c)
    h = g
    g = f
    f = e
    e = (d + one) | 0
    d = c
    c = b
    b = a
    a = (one + bigA + majority) | 0
  }
  add(state, 0, a)
  add(state, 1, b)
  add(state, 2, c)
  add(state, 3, d)
  add(state, 4, e)
  add(state, 5, f)
  add(state, 6, g)
  add(state, 7, h)
}

function add(state: Int32Array, i: number, word: number): void {
  state[i] = (state[i] ?? 0) + word
}

function expand(block: Uint8Array, at: number): void {
  for (let i = 0; i < 16; i++) {
    const j = at + 4 * i
    const high = ((block[j] ?? 0) << 24) | ((block[j + 1] ?? 0) << 16)
    schedule[i] = high | ((block[j + 2] ?? 0) << 8) | (block[j + 3] ?? 0)
  }
  for (let i = 16; i < 64; i++) {
    const w15 = schedule[i - 15] ?? 0
    const w2 = schedule[i - 2] ?? 0
    const small0 = rotated(w15, 7) ^ rotated(w15, 18) ^ (w15 >>> 3)
    const small1 = rotated(w2, 17) ^ rotated(w2, 19) ^ (w2 >>> 10)
    schedule[i] = (schedule[i - 16] ?? 0) + small0 + (schedule[i - 7] ?? 0) + small1
  }
}

function rotated(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits))
}

function firstPrimes(count: number): number[] {
  const primes: number[] = []
  for (let n = 2; primes.length < count; n++) {
    if (primes.every((prime) => n % prime !== 0)) primes.push(n)
  }
  return primes
}

function fraction(root: number): number {
  return (root - Math.floor(root)) * 2 ** 32
}
