// Token buckets that never forget and never round in a client's disfavour: all arithmetic is on integers
// that a double holds exactly.

import type { Limit } from './limit.ts'

/** What a call takes from one bucket. */
export type Charge = {
  /** Whose bucket of what. */
  readonly key: string
  readonly limit: Limit
  /** Tokens, 0 or more. */
  readonly cost: number
}

/** The bucket that had too little. */
export type Shortage = {
  readonly charge: Charge
  /** When there will be enough; undefined when the cost is more than the bucket ever holds. */
  readonly retryAfterMs: number | undefined
}

/** Buckets by key. */
export type RateLimiter = {
  /**
   * Takes all charges, or none and tells what was missing. Keys must differ.
   *
   * @param nowMs time that never goes back
   */
  take(charges: readonly Charge[], nowMs: number): Shortage | undefined
  /** Forgets the buckets that are full again: they are as good as new. */
  sweep(nowMs: number): void
  /** Buckets in memory. */
  size(): number
}

// What is missing from a full bucket, in the unit that one microsecond refills of one token a minute: so
// refilling is a multiplication and exact. A full bucket and none are the same.
type Bucket = { debt: number; atUs: number; perMinute: number }

const unitsPerToken = 60_000_000
const looksAtOnce = 32

/** Creates a limiter that keeps at most `maxBuckets`; beyond it the fullest of the oldest are forgotten. */
export function createRateLimiter({
  maxBuckets = 100_000,
}: {
  readonly maxBuckets?: number
} = {}): RateLimiter {
  const buckets = new Map<string, Bucket>()

  const evict = (nowUs: number): void => {
    let fullest: { key: string; debt: number } | undefined
    let looks = 0
    for (const [key, bucket] of buckets) {
      if (looks++ === looksAtOnce) break
      // Behind the youngest, so that the next time others are looked at.
      buckets.delete(key)
      const debt = debtAt(bucket, nowUs, bucket.perMinute)
      if (debt === 0) continue
      buckets.set(key, bucket)
      if (fullest === undefined || debt < fullest.debt) fullest = { key, debt }
    }
    if (buckets.size >= maxBuckets && fullest !== undefined) buckets.delete(fullest.key)
  }
  const pay = ({ key, limit, cost }: Charge, nowUs: number): void => {
    const known = buckets.get(key)
    const units = cost * unitsPerToken
    if (known !== undefined) {
      known.debt = debtAt(known, nowUs, limit.perMinute) + units
      known.atUs = nowUs
      known.perMinute = limit.perMinute
    } else if (units > 0) {
      if (buckets.size >= maxBuckets) evict(nowUs)
      buckets.set(key, { debt: units, atUs: nowUs, perMinute: limit.perMinute })
    }
  }
  const shortageOf = (charge: Charge, nowUs: number): Shortage | undefined => {
    const { burst, perMinute } = charge.limit
    const known = buckets.get(charge.key)
    const debt = known === undefined ? 0 : debtAt(known, nowUs, perMinute)
    const missing = debt + (charge.cost - burst) * unitsPerToken
    if (missing <= 0) return undefined
    const isPossible = charge.cost <= burst
    return { charge, retryAfterMs: isPossible ? waitMs(missing, perMinute) : undefined }
  }

  return {
    take: (charges, nowMs) => {
      const nowUs = Math.floor(nowMs * 1_000)
      for (const charge of charges) {
        const shortage = shortageOf(charge, nowUs)
        if (shortage !== undefined) return shortage
      }
      for (const charge of charges) pay(charge, nowUs)
      return undefined
    },
    sweep: (nowMs) => {
      const nowUs = Math.floor(nowMs * 1_000)
      for (const [key, bucket] of buckets) {
        if (debtAt(bucket, nowUs, bucket.perMinute) === 0) buckets.delete(key)
      }
    },
    size: () => buckets.size,
  }
}

// With the rate of today, so that a limit that was raised helps at once.
function debtAt({ debt, atUs }: Bucket, nowUs: number, perMinute: number): number {
  return Math.max(0, debt - (nowUs - atUs) * perMinute)
}

// Whole milliseconds, after which there is enough for certain.
function waitMs(missing: number, perMinute: number): number {
  const unitsPerMs = perMinute * 1_000
  const ms = Math.ceil(missing / unitsPerMs)
  return ms * unitsPerMs < missing ? ms + 1 : ms
}
