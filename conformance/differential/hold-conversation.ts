// One conversation: everything is sent, followed and listed, and every reading is compared.

import type { Message } from '@posthorn/client'
import type { SdkConversation, SdkMessage } from '../xmtp-js/sdk.ts'
import type { World } from '../xmtp-js/world.ts'
import { accountReadings } from './account-readings.ts'
import { collect, sleep } from './collect.ts'
import { byId, type Difference, differencesOf, type Reading } from './compare.ts'
import { listReadings } from './list-readings.ts'
import { only, openParties, type Parties } from './parties.ts'
import { isRead, type Plan } from './plan.ts'
import { type Sent, sendAll } from './send-all.ts'
import { ourViews, publishedViews, type View } from './view.ts'

/** What became of a conversation. */
export type Outcome = {
  /** Messages sent. */
  readonly sent: number
  /** Messages looked at, each once for each reading that it is in. */
  readonly compared: number
  readonly differences: readonly Difference[]
}

// The published package subscribes after it has given the stream.
const subscribingMs = 250
// The other account of every so manieth conversation is read by the published package too.
const otherAccountEvery = 5

/** Holds a conversation and compares all readings of it. */
export async function holdConversation(world: World, plan: Plan): Promise<Outcome> {
  await using parties = await openParties(world, plan)
  const [first] = ourViews(await parties.ours.messages())
  const following = await follow(parties)
  await sleep(subscribingMs)
  const sent = await sendAll(parties, plan)
  const wanted = [...(first ? [first] : []), ...readable(parted(sent, false))]
  const isOfBoth = plan.seed % otherAccountEvery === 0
  const readings = [
    ...(await following(sent)),
    conversationReading(parties, plan, first),
    ...(await listReadings(parties, plan.seed)),
    await listOfSent(parties.published, { name: 'published list', wanted }),
    ...(await readingsOfTheirAccount(parties, plan)),
    ...(isOfBoth ? await readingsOfOurAccount(parties, plan, wanted) : []),
  ]
  return {
    sent: plan.messages.length,
    compared: readings.reduce((sum, { wanted }) => sum + wanted.length, 0),
    differences: readings.flatMap(differencesOf),
  }
}

// Our streams bring messages in the order of sending. The published package decodes several at a time, so that
// the order of its streams is that of their ends.
async function follow(parties: Parties): Promise<(sent: readonly Sent[]) => Promise<Reading[]>> {
  const { ours, published } = parties
  const kept = collect<Message>(await ours.stream())
  const passing = collect<Message>(await ours.stream({ ephemeral: true }))
  const theirKept = collect<SdkMessage>(await published.streamMessages())
  const theirPassing = collect<SdkMessage>(await published.streamEphemeral())
  return async (sent) => {
    const [all, allPassing] = [parted(sent, false), parted(sent, true)]
    const [wanted, wantedPassing] = [readable(all), readable(allPassing)]
    const keptOfTheirs = await theirKept.until(wanted.length)
    const passingOfTheirs = await theirPassing.until(wantedPassing.length)
    const found = ourViews(await kept.until(withJunk(all)))
    const foundPassing = ourViews(await passing.until(withJunk(allPassing)))
    return [
      { name: 'stream', wanted, found },
      { name: 'ephemeral stream', wanted: wantedPassing, found: foundPassing },
      { name: 'published stream', ...sortedReading(wanted, publishedViews(keptOfTheirs)) },
      {
        name: 'published ephemeral stream',
        ...sortedReading(wantedPassing, publishedViews(passingOfTheirs)),
      },
    ]
  }
}

// That what is listed is what was sent; the order is compared between the two lists.
async function listOfSent(
  reader: SdkConversation,
  { name, wanted }: { readonly name: string; readonly wanted: readonly View[] },
): Promise<Reading> {
  return { name, ...sortedReading(wanted, publishedViews(await reader.messages())) }
}

// The account that the published package speaks for, by it and by our client.
async function readingsOfTheirAccount(parties: Parties, { seed }: Plan): Promise<Reading[]> {
  const { clients, addresses } = parties
  const joined = Object.values(addresses)
  const { published, oursOfPublished: ours } = clients
  return accountReadings({ name: 'their account', ours, published, joined }, seed)
}

// The account that we speak for, as the published package sees it.
async function readingsOfOurAccount(
  parties: Parties,
  { seed }: Plan,
  wanted: readonly View[],
): Promise<Reading[]> {
  const { clients, addresses } = parties
  const published = await parties.publishedOfOurs()
  const conversation = only(await published.conversations.list())
  const joined = Object.values(addresses)
  return [
    await listOfSent(conversation, { name: 'published list of our account', wanted }),
    ...(await accountReadings(
      { name: 'our account', ours: clients.ours, published, joined },
      seed,
    )),
  ]
}

// A V1 conversation has the time of its first message for everybody but who began it: there, that of the beginning.
function conversationReading(parties: Parties, plan: Plan, first: View | undefined): Reading {
  const { published, addresses } = parties
  const isV1 = plan.version === 'v1'
  const facts = {
    id: published.topic,
    version: published.conversationVersion,
    sentMs: isV1 ? (first?.sentMs ?? 0) : published.createdAt.getTime(),
    content: contextOf(published),
  }
  const { sentMs: _, ...timeless } = facts
  return {
    name: 'conversation',
    wanted: [
      { ...(isV1 && plan.begunBy === 'ours' ? timeless : facts), sender: addresses.published },
      { ...facts, sender: addresses.ours },
    ],
    found: [parties.ours, parties.oursOfPublished].map((each) => ({
      id: each.topic,
      version: each.version,
      sentMs: each.createdAt.getTime(),
      content: contextOf(each),
      sender: each.peerAddress,
      type: '',
      fallback: undefined,
    })),
  }
}

function contextOf({ context }: { readonly context?: unknown }): unknown {
  return JSON.parse(JSON.stringify(context ?? null))
}

function parted(sent: readonly Sent[], isEphemeral: boolean): Sent[] {
  return sent.filter(({ planned }) => planned.isEphemeral === isEphemeral)
}

// Ours say of what they cannot read that it is there.
function withJunk(sent: readonly Sent[]): number {
  return sent.length + sent.filter(({ planned }) => planned.junk).length
}

function readable(sent: readonly Sent[]): View[] {
  return sent.filter(({ planned }) => isRead(planned)).map(({ wanted }) => wanted)
}

function sortedReading(
  wanted: readonly View[],
  found: readonly View[],
): Pick<Reading, 'wanted' | 'found'> {
  return { wanted: byId(wanted), found: byId(found) }
}
