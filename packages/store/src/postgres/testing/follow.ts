import type { Store, StoredEnvelope } from '../../store.ts'
import type { Followed } from './tail-run.ts'

const endTimeoutMs = 5_000
// Lets a page gather instead of reading a row at a time.
const restMs = 10

/** Follows a store from its beginning until `messages` rows came, then a little longer for what is too many. */
export async function follow(store: Store, messages: number): Promise<Followed> {
  const seen = new Uint8Array(messages)
  let [received, doubled, outOfOrder, last] = [0, 0, 0, 0]
  const take = (row: StoredEnvelope): void => {
    const number = new DataView(row.message.buffer, row.message.byteOffset).getUint32(0)
    received += 1
    if (seen[number] === 1) doubled += 1
    seen[number] = 1
    if (row.sequence !== last + 1) outOfOrder += 1
    last = row.sequence
  }
  let wake = Promise.withResolvers<void>()
  using _ = store.onArrival(() => wake.resolve())
  for (let isLate = false; received < messages && !isLate; ) {
    wake = Promise.withResolvers()
    const rows = await readOrRest(store, last)
    for (const row of rows) take(row)
    if (rows.length === 0) isLate = await restedTooLong(wake.promise)
    await rest(restMs)
  }
  const missed = seen.reduce((sum, each) => sum + (each === 0 ? 1 : 0), 0)
  return { received, missed, doubled, outOfOrder }
}

// While the database is away the store says so; a follower asks again.
async function readOrRest(store: Store, afterSequence: number): Promise<readonly StoredEnvelope[]> {
  try {
    return await store.tail({ afterSequence, limit: 1_000 })
  } catch {
    await rest(50)
    return []
  }
}

function rest(timeMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, timeMs)
  })
}

// Nothing new for so long means that the writers have ended.
async function restedTooLong(woken: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(true), endTimeoutMs)
  })
  const isLate = await Promise.race([woken.then(() => false), late])
  clearTimeout(timer)
  return isLate
}
