import type { StoreUpkeep } from '@posthorn/store'

/**
 * Height of the highest batch; 0 when there is none.
 *
 * @param low a height that is known to be there
 * @param high a height that is not passed: no store has more batches than sequences
 */
export async function batchHeight(
  upkeep: Pick<StoreUpkeep, 'batches'>,
  low: number,
  high: number,
): Promise<number> {
  let [known, bound] = [low, high]
  while (known < bound) {
    const above = Math.floor((known + bound) / 2)
    const [batch] = await upkeep.batches({ afterHeight: above, limit: 1 })
    if (batch === undefined) bound = above
    else known = batch.height
  }
  return known
}
