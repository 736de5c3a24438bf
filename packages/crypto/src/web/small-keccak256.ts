// Keccak-256 with the padding from before it became SHA-3, as Ethereum uses it; in as few bytes of download
// as it takes. It only ever hashes what is public: keys, texts and tokens.

const rateBytes = 136
const laneCount = 25

// Lanes have 64 bits: lower half first, then upper half.
const state = new Int32Array(2 * laneCount)
const columns = new Int32Array(14)
const roundConstants = createRoundConstants()
const { targets, rotations } = createWalk()

/** Keccak-256 of bytes, 32 bytes. */
export function smallKeccak256(data: Uint8Array): Uint8Array {
  const padded = new Uint8Array(data.length - (data.length % rateBytes) + rateBytes)
  padded.set(data)
  padded[data.length] = 1
  padded[padded.length - 1] = (padded[padded.length - 1] ?? 0) | 0x80
  const input = new DataView(padded.buffer)
  state.fill(0)
  for (let at = 0; at < padded.length; at += rateBytes) {
    for (let i = 0; 4 * i < rateBytes; i++) {
      state[i] = (state[i] ?? 0) ^ input.getInt32(at + 4 * i, true)
    }
    permute()
  }
  const digest = new Uint8Array(32)
  const output = new DataView(digest.buffer)
  for (let i = 0; i < 8; i++) output.setInt32(4 * i, state[i] ?? 0, true)
  return digest
}

function permute(): void {
  for (let round = 0; round < 24; round++) {
    mixColumns()
    moveLanes()
    for (let row = 0; row < 2 * laneCount; row += 10) mixRow(row)
    for (let half = 0; half < 2; half++) {
      state[half] = (state[half] ?? 0) ^ (roundConstants[2 * round + half] ?? 0)
    }
  }
}

// Theta.
function mixColumns(): void {
  for (let i = 0; i < 10; i++) {
    columns[i] = 0
    for (let j = i; j < 2 * laneCount; j += 10) columns[i] = (columns[i] ?? 0) ^ (state[j] ?? 0)
  }
  for (let i = 0; i < 10; i++) {
    const before = columns[(i + 8) % 10] ?? 0
    const after = columns[(i + 2) % 10] ?? 0
    const otherHalf = columns[((i + 2) % 10) ^ 1] ?? 0
    const mixed = before ^ ((after << 1) | (otherHalf >>> 31))
    for (let j = i; j < 2 * laneCount; j += 10) state[j] = (state[j] ?? 0) ^ mixed
  }
}

// Rho and pi: every lane but the first moves along one walk and is turned on its way.
function moveLanes(): void {
  let low = state[2] ?? 0
  let high = state[3] ?? 0
  for (let step = 0; step < 24; step++) {
    const rotation = rotations[step] ?? 0
    const at = targets[step] ?? 0
    const bits = rotation % 32
    // By 32 bits and more the halves change places.
    const first = rotation < 32 ? low : high
    const second = rotation < 32 ? high : low
    low = state[at] ?? 0
    high = state[at + 1] ?? 0
    state[at] = bits === 0 ? first : (first << bits) | (second >>> (32 - bits))
    state[at + 1] = bits === 0 ? second : (second << bits) | (first >>> (32 - bits))
  }
}

// Chi.
function mixRow(row: number): void {
  for (let i = 0; i < 10; i++) columns[i] = state[row + i] ?? 0
  // The row goes on with its beginning.
  for (let i = 0; i < 4; i++) columns[10 + i] = columns[i] ?? 0
  for (let i = 0; i < 10; i++) {
    const flipped = ~(columns[i + 2] ?? 0) & (columns[i + 4] ?? 0)
    state[row + i] = (columns[i] ?? 0) ^ flipped
  }
}

function createWalk(): { readonly targets: number[]; readonly rotations: number[] } {
  const targets: number[] = []
  const rotations: number[] = []
  let [x, y] = [1, 0]
  for (let step = 0; step < 24; step++) {
    rotations.push((((step + 1) * (step + 2)) / 2) % 64)
    const next = (2 * x + 3 * y) % 5
    x = y
    y = next
    targets.push(2 * (x + 5 * y))
  }
  return { targets, rotations }
}

// Bits 2^j - 1 of each constant come from a shift register of 8 bits.
function createRoundConstants(): Int32Array {
  const constants = new Int32Array(48)
  let register = 1
  for (let round = 0; round < 24; round++) {
    for (let j = 0; j < 7; j++) {
      const bit = 2 ** j - 1
      const at = 2 * round + (bit >> 5)
      constants[at] = (constants[at] ?? 0) | ((register & 1) << (bit % 32))
      register = (register << 1) ^ ((register >> 7) * 0x171)
    }
  }
  return constants
}
