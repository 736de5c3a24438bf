// Names of accounts: from a name to an address, and from an address to a name that is safe to show.

import type { ProtocolError } from '@posthorn/errors'
import { type AddressCrypto, parseAddress } from '@posthorn/identity/verify'
import { type Asking, forward, readText, resolversOf, reverse } from './ask-resolvers.ts'
import { type FoundName, readFoundName, readVerifiedName, type VerifiedName } from './found-name.ts'
import { createLimiter } from './limiter.ts'
import { createNameCache, type NameStore } from './name-cache.ts'
import type { NameResolver } from './name-resolver.ts'
import type { NamesClock } from './names-clock.ts'
import { asProtocolError, cancelled } from './names-errors.ts'
import { createSingleFlight } from './single-flight.ts'

/** Options of {@link createNames}. */
export type NamesOptions = {
  /** In the order in which they are asked. */
  readonly resolvers: readonly NameResolver[]
  readonly crypto: AddressCrypto
  readonly clock: NamesClock
  /** For one call of one resolver; 10 seconds unless given. */
  readonly timeoutMs?: number | undefined
  /** Calls at a time, 16 unless given; more wait in line. */
  readonly maxConcurrent?: number | undefined
  /** How long an answer is used, 1 hour unless given. */
  readonly ttlMs?: number | undefined
  /** How long "there is none" is used, 5 minutes unless given. */
  readonly negativeTtlMs?: number | undefined
  /** Answers kept in memory, 2,000 unless given. */
  readonly maxEntries?: number | undefined
  /** Keeps answers beyond this process, for instance in the client's store. */
  readonly store?: NameStore | undefined
}

/** Options of one question. */
export type NameCall = { readonly signal?: AbortSignal | undefined }

/** What became of one of many questions. */
export type NameOutcome<T> =
  | { readonly kind: 'found'; readonly value: T }
  | { readonly kind: 'none' }
  | { readonly kind: 'failed'; readonly error: ProtocolError }

/** Answers questions about names; see {@link createNames}. */
export type Names = {
  /** The kind of the resolver that would be asked first, `undefined` for a text that is no name. Asks nobody. */
  kindOf(name: string): string | undefined
  /**
   * Where a name leads; `undefined` when there is no such name.
   *
   * @throws ValidationError `names/unsupported-name`, `names/invalid-name`, `names/confusable-name`;
   * TransportError `names/unavailable`, `names/timeout`, `names/cancelled`; CodecError `names/bad-answer`
   */
  resolve(name: string, call?: NameCall): Promise<FoundName | undefined>
  /**
   * The name to show for an address, verified both ways; `undefined` when it has none.
   *
   * @throws ValidationError `identity/bad-address`, `identity/bad-address-checksum`; TransportError as `resolve`
   */
  lookup(address: string, call?: NameCall): Promise<VerifiedName | undefined>
  /** A text record of a name, such as `description`; `undefined` when it has none. @throws as `resolve` */
  text(name: string, key: string, call?: NameCall): Promise<string | undefined>
  /** `resolve` for many: one outcome for each, in their order. @throws TransportError `names/cancelled` */
  resolveMany(names: Iterable<string>, call?: NameCall): Promise<NameOutcome<FoundName>[]>
  /** `lookup` for many: one outcome for each, in their order. @throws TransportError `names/cancelled` */
  lookupMany(addresses: Iterable<string>, call?: NameCall): Promise<NameOutcome<VerifiedName>[]>
}

const minuteMs = 60_000
const defaults = {
  timeoutMs: 10_000,
  maxConcurrent: 16,
  ttlMs: 60 * minuteMs,
  negativeTtlMs: 5 * minuteMs,
  maxEntries: 2_000,
}

type Question<T> = {
  readonly key: string
  readonly read: (value: unknown) => T | undefined
  readonly ask: (signal: AbortSignal) => Promise<Answer<T>>
  readonly signal: AbortSignal | undefined
}
type Answer<T> = { readonly value: T | undefined; readonly isFinal: boolean }

/** Puts resolvers behind one cache, with bounded time and concurrency. */
export function createNames(options: NamesOptions): Names {
  const { crypto, clock, resolvers, store } = options
  const limiter = createLimiter(options.maxConcurrent ?? defaults.maxConcurrent)
  const timeoutMs = options.timeoutMs ?? defaults.timeoutMs
  const asking: Asking = { crypto, clock, resolvers, limiter, timeoutMs }
  const flights = createSingleFlight()
  const cache = createNameCache({
    nowMs: () => clock.nowMs(),
    ttlMs: options.ttlMs ?? defaults.ttlMs,
    negativeTtlMs: options.negativeTtlMs ?? defaults.negativeTtlMs,
    maxEntries: options.maxEntries ?? defaults.maxEntries,
    store,
  })

  function answer<T>({ key, read, ask, signal }: Question<T>): Promise<T | undefined> {
    return flights.run(key, signal, async (shared) => {
      const cached = await cache.get(key)
      if (cached !== undefined) {
        const value = cached.value === undefined ? undefined : read(cached.value)
        // A value that cannot be read is as good as none in the cache.
        if (value !== undefined || cached.value === undefined) return value
      }
      const { value, isFinal } = await ask(shared)
      if (isFinal) cache.set(key, value)
      return value
    })
  }

  const resolve: Names['resolve'] = async (name, { signal } = {}) => {
    const trimmed = name.trim()
    resolversOf(asking, trimmed)
    return answer({
      key: `resolve ${trimmed}`,
      read: readFoundName,
      ask: async (shared) => ({ value: await forward(asking, trimmed, shared), isFinal: true }),
      signal,
    })
  }

  const lookup: Names['lookup'] = async (text, { signal } = {}) => {
    const address = parseAddress(crypto, text)
    return answer({
      key: `lookup ${address}`,
      read: readVerifiedName,
      ask: async (shared) => {
        const leadsTo = (name: string) => resolve(name, { signal: shared })
        const { found, isFinal } = await reverse(asking, address, { signal: shared, leadsTo })
        return { value: found, isFinal }
      },
      signal,
    })
  }

  return {
    kindOf: (name) => resolvers.find((resolver) => resolver.canResolve(name.trim()))?.kind,
    resolve,
    lookup,
    async text(name, key, { signal } = {}) {
      const trimmed = name.trim()
      return answer({
        key: `text ${JSON.stringify([trimmed, key])}`,
        read: (value) => (typeof value === 'string' ? value : undefined),
        ask: async (shared) => ({
          value: await readText(asking, { name: trimmed, key }, shared),
          isFinal: true,
        }),
        signal,
      })
    },
    resolveMany: (names, call = {}) => askMany([...names], call, resolve),
    lookupMany: (addresses, call = {}) => askMany([...addresses], call, lookup),
  }
}

async function askMany<T>(
  texts: readonly string[],
  call: NameCall,
  ask: (text: string, call: NameCall) => Promise<T | undefined>,
): Promise<NameOutcome<T>[]> {
  const outcomes = await Promise.all(
    texts.map((text) =>
      ask(text, call).then(
        (value): NameOutcome<T> =>
          value === undefined ? { kind: 'none' } : { kind: 'found', value },
        (cause): NameOutcome<T> => ({
          kind: 'failed',
          error: asProtocolError('Ask for names', cause),
        }),
      ),
    ),
  )
  if (call.signal?.aborted) throw cancelled('Ask for names')
  return outcomes
}
