// Lists of one conversation in many manners, by both kinds of clients. The published package says what is wanted.

import { seededRandom } from '@posthorn/testing'
import { type SdkListOptions, sdk } from '../xmtp-js/sdk.ts'
import type { Reading } from './compare.ts'
import type { Parties } from './parties.ts'
import { factView, ourViews, publishedViews, type View } from './view.ts'

const { SORT_DIRECTION_ASCENDING: up, SORT_DIRECTION_DESCENDING: down } = sdk.SortDirection
const maxPagesOfPublished = 2

/** All lists of a conversation; `seed` chooses limits, pages and times. */
export async function listReadings(parties: Parties, seed: number): Promise<Reading[]> {
  const random = seededRandom(seed)
  const whole = publishedViews(await parties.published.messages())
  return [
    { name: 'list', wanted: whole, found: ourViews(await parties.ours.messages()) },
    {
      name: 'list of the other account',
      wanted: whole,
      found: ourViews(await parties.oursOfPublished.messages()),
    },
    await lastOnes(parties, 1 + Math.floor(random.unit() * 20)),
    await pages(parties, 1 + Math.floor(random.unit() * 12)),
    await range(parties, {
      whole,
      from: random.unit(),
      until: random.unit(),
      isUp: random.unit() < 0.5,
    }),
  ]
}

async function lastOnes({ ours, published }: Parties, limit: number): Promise<Reading> {
  const wanted = publishedViews(await published.messages({ limit, direction: down }))
  const found = ourViews(await ours.messages({ limit, direction: 'descending' }))
  return { name: `last ${limit}`, wanted, found }
}

async function pages({ ours, published }: Parties, pageSize: number): Promise<Reading> {
  const wanted: View[] = []
  let count = 0
  for await (const page of published.messagesPaginated({ pageSize })) {
    wanted.push(...publishedViews(page), pageEnd)
    count += 1
    if (count === maxPagesOfPublished) break
  }
  const found: View[] = []
  for await (const page of ours.messagePages({ pageSize, direction: 'descending' })) {
    found.push(...ourViews(page), pageEnd)
    count -= 1
    if (count === 0) break
  }
  return { name: `pages of ${pageSize}`, wanted, found }
}

// Where a page ends is part of what is compared.
const pageEnd: View = factView('page end', undefined)

type RangeChoice = {
  readonly whole: readonly View[]
  /** 0 to 1, of the list. */
  readonly from: number
  readonly until: number
  readonly isUp: boolean
}

async function range({ ours, published }: Parties, choice: RangeChoice): Promise<Reading> {
  const { whole, from, until, isUp } = choice
  const timeAt = (share: number): number => whole[Math.floor(share * whole.length)]?.sentMs ?? 0
  const start = new Date(Math.min(timeAt(from), timeAt(until)))
  const end = new Date(await endOf(ours, Math.max(timeAt(from), timeAt(until))))
  const options: SdkListOptions = { startTime: start, endTime: end, direction: isUp ? up : down }
  const wanted = publishedViews(await published.messages(options))
  const direction = isUp ? 'ascending' : 'descending'
  const found = ourViews(await ours.messages({ start, end, direction }))
  return { name: `${start.toISOString()} to ${end.toISOString()}, ${direction}`, wanted, found }
}

// A Date stands for its whole millisecond with us and for its beginning with the published package, so an end
// must not be a millisecond in which something was sent after its beginning.
async function endOf(ours: Parties['ours'], wishedMs: number): Promise<number> {
  const messages = await ours.messages()
  const amid = messages.filter(({ sentNs }) => sentNs % 1_000_000n !== 0n)
  const taken = new Set(amid.map(({ sent }) => sent.getTime()))
  let endMs = wishedMs
  while (taken.has(endMs)) endMs += 1
  return endMs
}
