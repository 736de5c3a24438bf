// What both kinds of clients of one account make of whom it wants to hear from, and of who can be written to.

import type { Client } from '@posthorn/client'
import { type SeededRandom, seededRandom } from '@posthorn/testing'
import { newAccount, type SdkClient } from '../xmtp-js/sdk.ts'
import { sleep } from './collect.ts'
import type { Reading } from './compare.ts'
import { factView } from './view.ts'

/** An account with a client of each kind. */
export type Account = {
  readonly name: string
  readonly ours: Client
  readonly published: SdkClient
  /** Addresses that have joined. */
  readonly joined: readonly string[]
}

type State = 'allowed' | 'denied'

const strangers = 4
const maxDecisions = 8
// The published package writes times in milliseconds, by which decisions are ordered.
const betweenDecisionsMs = 3

/** Decides at random by both clients, and reads with both. */
export async function accountReadings(account: Account, seed: number): Promise<Reading[]> {
  const { name, ours, published, joined } = account
  const addresses = [...joined, ...Array.from({ length: strangers }, () => newAccount().address)]
  const decided = await decide(account, addresses, seededRandom(seed))
  await published.contacts.refreshConsentList()
  await ours.consent.load()
  const ofOurs = addresses.map((address) => factView(address, ours.consent.state(address)))
  const theirs = addresses.map((each) => factView(each, published.contacts.consentState(each)))
  const [canMessage, wantedCanMessage] = [
    await Promise.all(addresses.map((address) => ours.canMessage(address))),
    await published.canMessage(addresses),
  ]
  return [
    { name: `consent of ${name}`, wanted: theirs, found: ofOurs },
    {
      name: `decisions of ${name}`,
      wanted: [...decided].map(([address, state]) => factView(address, state)),
      found: ofOurs.filter(({ id }) => decided.has(id)).sort(asIn([...decided.keys()])),
    },
    {
      name: `who can be written to by ${name}`,
      wanted: addresses.map((address, at) => factView(address, wantedCanMessage[at])),
      found: addresses.map((address, at) => factView(address, canMessage[at])),
    },
  ]
}

async function decide(
  { ours, published }: Account,
  addresses: readonly string[],
  random: SeededRandom,
): Promise<Map<string, State>> {
  const decided = new Map<string, State>()
  const count = Math.floor(random.unit() * maxDecisions)
  for (let made = 0; made < count; made += 1) {
    const isAllowed = random.unit() < 0.5
    const isByUs = random.unit() < 0.5
    const chosen = addresses.filter(() => random.unit() < 0.3)
    if (chosen.length === 0) continue
    const writer = isByUs ? ours.consent : published.contacts
    await (isAllowed ? writer.allow(chosen) : writer.deny(chosen))
    for (const address of chosen) decided.set(address, isAllowed ? 'allowed' : 'denied')
    await sleep(betweenDecisionsMs)
  }
  return decided
}

function asIn(order: readonly string[]): (a: { id: string }, b: { id: string }) => number {
  return (a, b) => order.indexOf(a.id) - order.indexOf(b.id)
}
