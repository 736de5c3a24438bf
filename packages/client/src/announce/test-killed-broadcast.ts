// The story of a broadcast whose process is killed again and again, for tests of two sizes.

import { toHex } from '@posthorn/bytes'
import type { Crypto } from '@posthorn/crypto'
import type { Transport } from '@posthorn/transport'
import { createClient } from '../create-client.ts'
import { createCrowd, join, type Member, received } from './test-crowd.ts'
import type { KillChildInput } from './test-kill-child.ts'

/** The world of the story. */
export type KilledBroadcastParts = {
  readonly crypto: Crypto
  readonly url: string
  readonly transport: Transport
  /** Where the journal lies. */
  readonly directory: string
  readonly recipientCount: number
  /** After how many settled recipients each run is killed; the last run is left alone. */
  readonly kills: readonly number[]
  /** Runs the child; kills it after so many lines. Gives the lines that it told. */
  runChild(input: KillChildInput, killAfter: number): Promise<readonly string[]>
}

/** What everybody has in the end. */
export type KilledBroadcastReport = {
  /** Lines that the runs told. */
  readonly told: readonly number[]
  readonly sentByLastRun: number
  /** Recipients who have one conversation with one message in it. */
  readonly servedOnce: number
  /** Those who have not, with what they have. */
  readonly others: readonly unknown[]
  readonly conversationsOfSender: number
}

const content = 'Doors open at eight'

/** Plays the story. */
export async function killedBroadcast(parts: KilledBroadcastParts): Promise<KilledBroadcastReport> {
  const { crypto, url, transport, directory, runChild } = parts
  const crowd = await createCrowd(crypto, parts.recipientCount)
  await join(transport, crowd)
  const sender = await createClient(crypto.randomBytes(32), { url, crypto })
  const recipients = crowd.map(({ signer }) => signer.address)
  const input = { url, directory, content, recipients, keys: toHex(await sender.exportKeys()) }
  const told: number[] = []
  for (const killAfter of parts.kills) told.push((await runChild(input, killAfter)).length)
  const last = await runChild(input, Number.POSITIVE_INFINITY)
  const others = await notServedOnce(transport, crowd)
  const report = {
    told,
    sentByLastRun: last.filter((line) => line === 'sent').length,
    servedOnce: crowd.length - others.length,
    others: others.slice(0, 5),
    conversationsOfSender: (await sender.conversations()).length,
  }
  await sender.close()
  return report
}

async function notServedOnce(
  transport: Transport,
  crowd: readonly Member[],
): Promise<readonly unknown[]> {
  const others: unknown[] = []
  for (const member of crowd) {
    const { topics, contents } = await received(transport, member)
    if (topics.length !== 1 || contents.length !== 1 || contents[0] !== content) {
      others.push({ topics: topics.length, contents })
    }
  }
  return others
}
