// What every vault must do. A vault's test calls this.

// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs the suite brings its runner
import fc from 'fast-check'
// biome-ignore lint/correctness/noUndeclaredDependencies: whoever runs the suite brings its runner
import { describe, expect, test } from 'vitest'
import type { KeyOwner, KeyVault } from './vault/key-vault.ts'

/** A medium that outlives the vaults opened on it. */
export type VaultMedium = AsyncDisposable & {
  /** A vault as another process would open it. */
  open(): KeyVault
  /** All bytes that the medium holds, where they can be had. */
  readonly raw?: () => Promise<Uint8Array>
  /** Changes one bit of what is kept, where that can be done. */
  readonly spoil?: () => Promise<void>
}

/** Options of {@link testKeyVault}. */
export type KeyVaultSuiteOptions = {
  /** How often each property is tried; default 20. */
  readonly numRuns?: number | undefined
}

const alice: KeyOwner = {
  network: 'https://node.example:5555',
  address: '0xAb5801a7D398351b8bE11C439e05C5B3259aeC9B',
}
const others: readonly KeyOwner[] = [
  { ...alice, network: 'dev' },
  { ...alice, network: '' },
  { ...alice, address: '0xCA35b7d915458EF540aDe6068dFe2F44E8fa733c' },
]
const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('latin1')
const secretText = 'a secret of forty-three bytes, kept in here'
const secret = (): Uint8Array => new TextEncoder().encode(secretText)

/** Describes the suite for a vault; `newMedium` gives a new, empty medium each time. */
export function testKeyVault(
  name: string,
  newMedium: () => Promise<VaultMedium>,
  { numRuns = 20 }: KeyVaultSuiteOptions = {},
): void {
  describe(`${name} keeps the contract of a key vault`, () => {
    testKeeping(newMedium)
    testSecrecy(newMedium)

    test('default: any bytes come back as they were', async () => {
      await using medium = await newMedium()
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 2_000 }), async (bytes) => {
          await medium.open().save(alice, bytes)
          expect(await medium.open().load(alice)).toEqual(bytes)
        }),
        { numRuns },
      )
    })
  })
}

function testKeeping(newMedium: () => Promise<VaultMedium>): void {
  test('default: nothing is there at first, and removing nothing is fine', async () => {
    await using medium = await newMedium()
    expect(await medium.open().load(alice)).toBeUndefined()
    await medium.open().remove(alice)
  })

  test('default: what was saved is there for whoever opens the medium next', async () => {
    await using medium = await newMedium()
    await medium.open().save(alice, secret())
    const again = medium.open()
    expect(text(await again.load(alice))).toBe(secretText)
    expect(text(await again.load(alice))).toBe(secretText)
  })

  test('default: saving replaces, removing forgets', async () => {
    await using medium = await newMedium()
    const vault = medium.open()
    await vault.save(alice, secret())
    await vault.save(alice, Uint8Array.of(1, 2))
    expect(await medium.open().load(alice)).toEqual(Uint8Array.of(1, 2))
    await vault.remove(alice)
    expect(await medium.open().load(alice)).toBeUndefined()
  })

  test('default: accounts and networks are apart, spellings of an address are not', async () => {
    await using medium = await newMedium()
    const vault = medium.open()
    await vault.save(alice, secret())
    for (const [index, owner] of others.entries()) {
      expect(await vault.load(owner)).toBeUndefined()
      await vault.save(owner, Uint8Array.of(index))
    }
    for (const address of [alice.address.toLowerCase(), alice.address]) {
      expect(text(await vault.load({ ...alice, address }))).toBe(secretText)
    }
    await vault.remove(alice)
    for (const [index, owner] of others.entries()) {
      expect(await vault.load(owner)).toEqual(Uint8Array.of(index))
    }
  })

  test('behavior: of several that save at once, one has it whole', async () => {
    await using medium = await newMedium()
    const values = [1, 2, 3].map((fill) => new Uint8Array(300).fill(fill))
    await Promise.all(values.map((bytes) => medium.open().save(alice, bytes)))
    expect(values).toContainEqual(await medium.open().load(alice))
  })
}

function testSecrecy(newMedium: () => Promise<VaultMedium>): void {
  test('behavior: bytes are copied on their way in and out', async () => {
    await using medium = await newMedium()
    const vault = medium.open()
    const bytes = secret()
    await vault.save(alice, bytes)
    bytes.fill(0)
    const loaded = await vault.load(alice)
    expect(text(loaded)).toBe(secretText)
    loaded?.fill(0)
    expect(text(await vault.load(alice))).toBe(secretText)
  })

  test('behavior: nothing lies open where the medium can be looked at', async ({ skip }) => {
    await using medium = await newMedium()
    await medium.open().save(alice, secret())
    const raw = await medium.raw?.()
    if (raw === undefined) return skip('this medium shows nothing')
    expect(raw.length).toBeGreaterThan(secretText.length)
    const forms = [secretText, btoa(secretText), Buffer.from(secretText).toString('hex')]
    for (const form of forms) expect(text(raw)).not.toContain(form)
  })

  test('error: a changed bit gives a typed error and never other bytes', async ({ skip }) => {
    await using medium = await newMedium()
    await medium.open().save(alice, secret())
    if (medium.spoil === undefined) return skip('this medium cannot be spoilt')
    await medium.spoil()
    await expect(medium.open().load(alice)).rejects.toMatchObject({
      code: expect.stringMatching(/^keystore\//),
    })
  })
}
