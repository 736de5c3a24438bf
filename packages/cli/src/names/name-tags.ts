// Names beside addresses in what is printed. They are an addition: whoever cannot be asked holds nothing up.

import { UsageError } from '@posthorn/errors'
import type { Names, VerifiedName } from '@posthorn/names'
import type { Context } from '../context.ts'
import { openNames } from './open-names.ts'

/** The name to show for an address; undefined when there is none. */
export type NameOf = (address: string) => string | undefined

/** Asks for the names of addresses that are about to be printed. */
export type NameTags = {
  /** Whether there is somebody to ask. */
  readonly isOn: boolean
  /** Resolves to what was found in time. @throws UsageError `names/bad-rpc`, `names/no-ens` */
  of(addresses: Iterable<string>): Promise<NameOf>
}

const patienceMs = 5_000
const pauseMs = 60_000

/** Name tags by the Ethereum server of the run; without one, nobody is asked and nothing has a name. */
export function createNameTags(context: Context): NameTags {
  if (context.ethereumUrl === undefined) return { isOn: false, of: async () => noName }
  let opened: Promise<Names> | undefined
  let silentUntilMs = 0
  return {
    isOn: true,
    async of(addresses) {
      const startedMs = context.now().getTime()
      if (startedMs < silentUntilMs) return noName
      opened ??= openNames(context)
      const { found, isAway } = await lookUpAll(await opened, [...new Set(addresses)])
      if (isAway) {
        silentUntilMs = startedMs + pauseMs
        context.output.note('Names are left out: who knows them does not answer.')
      }
      return (address) => found.get(address)
    },
  }
}

type LookedUp = { readonly found: ReadonlyMap<string, string>; readonly isAway: boolean }

// One name may be unanswerable through its owner's doing; only silence about all of them says that nobody answers.
async function lookUpAll(names: Names, addresses: readonly string[]): Promise<LookedUp> {
  const signal = AbortSignal.timeout(patienceMs)
  const outcomes = await Promise.allSettled(
    addresses.map((address) => names.lookup(address, { signal })),
  )
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected' && outcome.reason instanceof UsageError) throw outcome.reason
  }
  const verified = outcomes.flatMap((outcome) =>
    outcome.status === 'fulfilled' && outcome.value !== undefined ? [outcome.value] : [],
  )
  const found = new Map(verified.map(({ address, name }: VerifiedName) => [address, name]))
  const isAway = outcomes.length > 0 && outcomes.every(({ status }) => status === 'rejected')
  return { found, isAway }
}

const noName: NameOf = () => undefined
