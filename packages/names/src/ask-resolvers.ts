// Which resolver is asked, in which order, and what is believed.

import { ProtocolError, UsageError, ValidationError } from '@posthorn/errors'
import { type AddressCrypto, parseAddress } from '@posthorn/identity/verify'
import { callBounded } from './bounded-call.ts'
import { asVerified, type FoundName, type VerifiedName } from './found-name.ts'
import type { Limiter } from './limiter.ts'
import type { ClaimedName, NameResolver, ResolverCall } from './name-resolver.ts'
import type { NamesClock } from './names-clock.ts'
import { badAnswer, invalidName } from './names-errors.ts'

/** What asking takes. */
export type Asking = {
  readonly crypto: AddressCrypto
  readonly resolvers: readonly NameResolver[]
  readonly clock: NamesClock
  readonly limiter: Limiter
  /** For one call of one resolver. */
  readonly timeoutMs: number
}

/** The verified name of an address, and whether every resolver that comes first was heard. */
export type LookedUp = { readonly found: VerifiedName | undefined; readonly isFinal: boolean }

// No system of names has longer ones; DNS and ENS end at 255.
const maxNameChars = 255

/**
 * Resolvers of a name, in order.
 *
 * @throws ValidationError `names/invalid-name`, `names/unsupported-name`
 */
export function resolversOf(asking: Asking, name: string): readonly NameResolver[] {
  if (name.length > maxNameChars) {
    throw invalidName(`${name.length} characters`, `at most ${maxNameChars}`)
  }
  const able = asking.resolvers.filter((resolver) => resolver.canResolve(name))
  if (able.length > 0) return able
  const kinds = asking.resolvers.map((resolver) => resolver.kind).join(', ')
  throw new ValidationError(
    'names/unsupported-name',
    `Resolve name: found a form that no resolver knows, wanted one of ${kinds || 'none'}`,
  )
}

/**
 * Asks in order until one knows the name. One that cannot be asked ends the search: going on would let the
 * next one answer for names that are not its own.
 *
 * @throws as {@link resolversOf}; CodecError `names/bad-answer`; TransportError `names/unavailable`,
 * `names/timeout`, `names/cancelled`; and what resolvers throw
 */
export async function forward(
  asking: Asking,
  name: string,
  signal: AbortSignal,
): Promise<FoundName | undefined> {
  for (const resolver of resolversOf(asking, name)) {
    const resolved = await call(asking, { action: 'Resolve name', signal }, (bounds) =>
      resolver.resolve(name, bounds),
    )
    if (resolved === undefined) continue
    const address = checkedAddress(asking.crypto, resolved.address)
    return { name: resolved.name, address, source: resolver.kind }
  }
  return undefined
}

/** A text record of a name, from the first resolver that has it. @throws as {@link forward} */
export async function readText(
  asking: Asking,
  { name, key }: { readonly name: string; readonly key: string },
  signal: AbortSignal,
): Promise<string | undefined> {
  for (const resolver of resolversOf(asking, name)) {
    const text = await call(asking, { action: 'Read text of name', signal }, async (bounds) =>
      resolver.text?.(name, key, bounds),
    )
    if (text !== undefined) return text
  }
  return undefined
}

/**
 * Asks in order for a claim that `leadsTo` confirms. One that cannot be asked, or talks nonsense, is passed
 * over, unless nobody after it knows a name: then nobody can say that there is none.
 *
 * @throws TransportError `names/unavailable`, `names/timeout`, `names/cancelled`; and what resolvers throw
 */
export async function reverse(
  asking: Asking,
  address: string,
  options: ResolverCall & {
    readonly leadsTo: (name: string) => Promise<FoundName | undefined>
  },
): Promise<LookedUp> {
  let failure: ProtocolError | undefined
  for (const resolver of asking.resolvers) {
    try {
      const claim = await call(asking, { action: 'Look up name', ...options }, (bounds) =>
        resolver.lookup(address, bounds),
      )
      const found = claim && (await confirm(claim, address, options.leadsTo))
      if (found !== undefined) return { found, isFinal: failure === undefined }
    } catch (error) {
      if (!(error instanceof ProtocolError) || error instanceof UsageError) throw error
      failure ??= error
    }
  }
  if (failure !== undefined) throw failure
  return { found: undefined, isFinal: true }
}

async function confirm(
  claim: ClaimedName,
  address: string,
  leadsTo: (name: string) => Promise<FoundName | undefined>,
): Promise<VerifiedName | undefined> {
  const found = await leadsTo(claim.name).catch(ignoreRefusal)
  if (found?.name !== claim.name || found.address !== address) return undefined
  return asVerified(claim.avatar === undefined ? found : { ...found, avatar: claim.avatar })
}

// An address may claim what it likes; a name that is refused is one that is not shown.
function ignoreRefusal(error: unknown): undefined {
  if (!(error instanceof ValidationError)) throw error
}

function call<T>(
  { limiter, clock, timeoutMs }: Asking,
  { action, signal }: { readonly action: string; readonly signal: AbortSignal },
  ask: (bounds: ResolverCall) => Promise<T>,
): Promise<T> {
  return limiter.run(() =>
    callBounded({ action, signal, clock, timeoutMs }, (bound) => ask({ signal: bound })),
  )
}

function checkedAddress(crypto: AddressCrypto, address: string): string {
  if (!/^0x[0-9a-fA-F]{40}$/.test(address)) throw badAnswer('Resolve name', 'no address')
  return parseAddress(crypto, address.toLowerCase())
}
