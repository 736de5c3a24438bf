// What every resolver must do. A resolver's test calls this.

import { type ProtocolError, TransportError } from '@posthorn/errors'
// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs the suite brings its runner
import { describe, expect, test } from 'vitest'
import type { NameResolver } from './name-resolver.ts'

/** A resolver and what its system knows. */
export type ResolverFixture = {
  readonly resolver: NameResolver
  /** A name in the resolver's own spelling, and the address it leads to, in any case. */
  readonly known: { readonly name: string; readonly address: string }
  /** Other spellings of the known name. */
  readonly spellings: readonly string[]
  /** An address that says it is the known name, in EIP-55 form. */
  readonly owner: string
  /** A name of the right form that nobody has. */
  readonly freeName: string
  /** An address, in EIP-55 form, that says nothing. */
  readonly stranger: string
  /** Names of its form that its system would never give out. */
  readonly invalidNames: readonly string[]
  /** Texts that are no names of its form. */
  readonly otherForms: readonly string[]
  /** The same resolver when whom it asks is away. */
  readonly away: NameResolver
}

/** Describes the suite for a resolver; `open` is called once for each test. */
export function testNameResolver(name: string, open: () => ResolverFixture): void {
  const call = () => ({ signal: new AbortController().signal })

  describe(`${name} keeps the contract of a resolver`, () => {
    test('kind is a short lower-case word', () => {
      expect(open().resolver.kind).toMatch(/^[a-z][a-z0-9-]{1,15}$/)
    })

    test('canResolve tells the forms of names apart', () => {
      const { resolver, known, spellings, freeName, invalidNames, otherForms } = open()
      const own = [known.name, ...spellings, freeName, ...invalidNames]
      expect(own.filter((each) => !resolver.canResolve(each))).toEqual([])
      const never = ['', ' ', 'bob', known.address, 'a b.eth', '@', '.', ...otherForms]
      expect(never.filter((each) => resolver.canResolve(each))).toEqual([])
    })

    test('resolve gives every spelling the same name and address', async () => {
      const { resolver, known, spellings } = open()
      for (const spelling of [known.name, ...spellings]) {
        const resolved = await resolver.resolve(spelling, call())
        expect(resolved?.name).toBe(known.name)
        expect(resolved?.address.toLowerCase()).toBe(known.address.toLowerCase())
      }
    })

    test('resolve answers undefined when nobody has the name', async () => {
      const { resolver, freeName } = open()
      expect(await resolver.resolve(freeName, call())).toBeUndefined()
    })

    test('resolve refuses names that its system would not give out', async () => {
      const { resolver, invalidNames } = open()
      for (const invalid of invalidNames) {
        const error = await resolver.resolve(invalid, call()).catch((thrown: unknown) => thrown)
        expect(error).toMatchObject({
          code: expect.stringMatching(/^names\/(invalid|confusable)-name$/),
        })
        // The name may hold anything; a log may not.
        expect((error as ProtocolError).message).not.toContain(invalid)
      }
    })

    test('lookup gives the name in the spelling that resolve gives', async () => {
      const { resolver, known, owner } = open()
      expect((await resolver.lookup(owner, call()))?.name).toBe(known.name)
    })

    test('lookup answers undefined for an address that says nothing', async () => {
      const { resolver, stranger } = open()
      expect(await resolver.lookup(stranger, call())).toBeUndefined()
    })

    test('behavior: throws names/unavailable when whom it asks is away', async () => {
      const { away, known, owner } = open()
      const questions = [
        () => away.resolve(known.name, call()),
        () => away.lookup(owner, call()),
        () => away.text?.(known.name, 'description', call()) ?? unavailableText(),
      ]
      for (const ask of questions) {
        const error = await ask().catch((thrown: unknown) => thrown)
        expect(error).toBeInstanceOf(TransportError)
        expect((error as ProtocolError).code).toBe('names/unavailable')
      }
    })
  })
}

function unavailableText(): Promise<never> {
  return Promise.reject(new TransportError('names/unavailable', 'Read text: has none'))
}
