// Decisions and read marks on their way to the account's other clients. Each waits in the store under a key of its
// own, stored together with what it says, until the network has it; so any tab may decide, and none overwrites
// what another one wrote.

import { msToNs } from '@posthorn/bytes'
import type {
  ConsentEntry,
  LocalBatch,
  LocalSetting,
  LocalStore,
  ReadMark,
} from '@posthorn/local-store'
import type { ConsentDecision } from '@posthorn/protocol-v2'
import type { Envelope } from '@posthorn/transport'
import type { ClientContext } from '../context.ts'
import {
  decisionsReadKey,
  type FoundSetting,
  forgetting,
  settingPrefixes,
  settingsOf,
} from './inbox-settings.ts'
import type { InboxTopics } from './inbox-topics.ts'
import { maxMarksPerEntry, sealReadMarks } from './read-mark-log.ts'

/** What uploading needs. */
export type UploadParts = {
  readonly context: ClientContext
  readonly store: LocalStore
  readonly topics: InboxTopics
}

// Most envelopes in one request; addresses of one decision go into one envelope.
const maxEnvelopes = 50

/** A decision about addresses, for one put with what tells the others. */
export async function decisionBatch(
  { context, store }: Pick<UploadParts, 'context' | 'store'>,
  state: ConsentDecision,
  addresses: readonly string[],
): Promise<LocalBatch> {
  const earlier = await Promise.all(addresses.map((each) => store.consent('address', each)))
  // Another client's clock may be ahead; the last word still has to be the newest.
  const decidedNs = earlier.reduce(
    (latest, each) =>
      each !== undefined && each.decidedNs >= latest ? each.decidedNs + 1n : latest,
    context.times.next(),
  )
  const consents = addresses.map(
    (value): ConsentEntry => ({ subject: 'address', value, state, decidedNs }),
  )
  const settings = addresses.map(
    (value): LocalSetting => ({
      key: `${settingPrefixes.decision}${decidedNs} ${value}`,
      value: state,
    }),
  )
  return { consents, settings }
}

/** A read mark, for one put with what tells the others. */
export function readMarkBatch(mark: ReadMark): LocalBatch {
  const key = `${settingPrefixes.read}${mark.readNs} ${mark.topic}`
  return { readMarks: [mark], settings: [{ key, value: true }] }
}

/** Publishes what waits. @throws as the transport */
export async function upload(parts: UploadParts, signal: AbortSignal): Promise<void> {
  await uploadDecisions(parts, signal)
  await uploadReadMarks(parts, signal)
}

/** Allows whom this account has written to, unless it has decided; so its decisions have to be known first. */
export async function allowWritten(parts: Pick<UploadParts, 'context' | 'store'>): Promise<void> {
  const { store } = parts
  if ((await store.setting(decisionsReadKey)) === undefined) return
  const written = await settingsOf(store, settingPrefixes.written)
  for (const { key, name } of written) {
    const decided = await store.consent('address', name)
    const batch =
      decided === undefined || decided.state === 'unknown'
        ? await decisionBatch(parts, 'allowed', [name])
        : {}
    await store.put({ ...batch, settings: [...(batch.settings ?? []), ...forgetting([key])] })
  }
}

async function uploadDecisions(parts: UploadParts, signal: AbortSignal): Promise<void> {
  const { context, store, topics } = parts
  const groups = Map.groupBy(await settingsOf(store, settingPrefixes.decision), (each) => {
    const [decidedNs = ''] = each.name.split(' ', 1)
    return `${decidedNs} ${each.value}`
  })
  const all = [...groups].map(([group, settings]) => {
    const [decidedNs = '', decision] = group.split(' ')
    return { settings, decidedNs: BigInt(decidedNs), decision: decision as ConsentDecision }
  })
  for (let at = 0; at < all.length; at += maxEnvelopes) {
    const some = all.slice(at, at + maxEnvelopes)
    const envelopes = some.map(async ({ settings, decidedNs, decision }): Promise<Envelope> => {
      const values = settings.map(({ name }) => secondOf(name))
      const message = await context.keystore.sealConsentAction({
        subject: 'address',
        decision,
        values,
      })
      return { contentTopic: topics.decisions, timestampNs: decidedNs, message }
    })
    await context.publisher.publish(await Promise.all(envelopes), { signal })
    await forget(
      store,
      some.flatMap(({ settings }) => settings),
    )
  }
}

async function uploadReadMarks(parts: UploadParts, signal: AbortSignal): Promise<void> {
  const { context, store, topics } = parts
  const waiting = await settingsOf(store, settingPrefixes.read)
  for (let at = 0; at < waiting.length; at += maxMarksPerEntry) {
    const some = waiting.slice(at, at + maxMarksPerEntry)
    const message = await sealReadMarks(context.keystore, latestMarks(some))
    const timestampNs = context.times.next()
    const envelope = { contentTopic: topics.readMarks, timestampNs, message }
    await context.publisher.publish([envelope], { signal })
    await forget(store, some)
  }
}

function latestMarks(settings: readonly FoundSetting[]): ReadMark[] {
  const latest = new Map<string, bigint>()
  for (const { name } of settings) {
    const [digits = '0'] = name.split(' ', 1)
    const topic = secondOf(name)
    const readNs = BigInt(digits)
    if (readNs > (latest.get(topic) ?? -1n)) latest.set(topic, readNs)
  }
  return [...latest].map(([topic, readNs]) => ({ topic, readNs }))
}

async function forget(store: LocalStore, settings: readonly FoundSetting[]): Promise<void> {
  await store.put({ settings: forgetting(settings.map(({ key }) => key)) })
}

function secondOf(name: string): string {
  return name.slice(name.indexOf(' ') + 1)
}

/** How far a mark reaches at most: times of senders whose clocks are ahead do not hide what comes after. */
export function latestReadNs({ clock }: Pick<ClientContext, 'clock'>): bigint {
  return msToNs(clock.nowMs() + 300_000)
}
