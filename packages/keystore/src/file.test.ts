import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createNobleCrypto } from '@posthorn/crypto'
import { createSecretSpy, temporaryDirectory } from '@posthorn/testing'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { testKeyVault } from './contract.ts'
import { createFileVault, type FileVaultOptions } from './file.ts'
import type { KeyVault } from './vault/key-vault.ts'

const passphrase = 'correct horse battery staple'
const owner = { network: 'test', address: '0xAb5801a7D398351b8bE11C439e05C5B3259aeC9B' }
const keys = (): Uint8Array => new Uint8Array(100).fill(7)
const openIn = (directory: string, options: Partial<FileVaultOptions> = {}): KeyVault =>
  createFileVault({ directory, passphrase, costLog2: 10, ...options })

async function fileIn(directory: string): Promise<string> {
  const [name, ...more] = await readdir(directory)
  expect(more).toEqual([])
  return join(directory, name ?? '')
}

testKeyVault('file vault', async () => {
  const directory = await temporaryDirectory()
  const path = join(directory.path, 'keys')
  return {
    open: () => openIn(path),
    raw: async () => readFile(await fileIn(path)),
    spoil: async () => {
      const file = JSON.parse(await readFile(await fileIn(path), 'utf8'))
      const ciphertext = Buffer.from(file.ciphertext, 'base64')
      ciphertext[3] = (ciphertext[3] ?? 0) ^ 1
      await writeFile(
        await fileIn(path),
        JSON.stringify({ ...file, ciphertext: ciphertext.toString('base64') }),
      )
    },
    [Symbol.asyncDispose]: directory[Symbol.asyncDispose],
  }
})

describe('file vault', () => {
  test('default: makes one file of mode 0600 in a folder of mode 0700 and leaves nothing else', async () => {
    await using directory = await temporaryDirectory()
    const path = join(directory.path, 'a', 'b')
    await openIn(path).save(owner, keys())
    await openIn(path).save(owner, keys())
    const file = await fileIn(path)
    expect(file).toMatch(/\/[0-9a-f]{32}\.keys$/)
    const modes = await Promise.all([stat(path), stat(file)])
    expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(['700', '600'])
    await openIn(path).remove(owner)
    expect(await readdir(path)).toEqual([])
  })

  test('default: the cost that a file tells is the one that opens it', async () => {
    await using directory = await temporaryDirectory()
    await openIn(directory.path, { costLog2: 11 }).save(owner, keys())
    expect(JSON.parse(await readFile(await fileIn(directory.path), 'utf8'))).toMatchObject({
      format: 'posthorn-keys',
      version: 1,
      kdf: 'scrypt',
      n: 2048,
      r: 8,
      p: 1,
    })
    expect(await openIn(directory.path).load(owner)).toEqual(keys())
  })

  test('default: another back end opens what one sealed', async () => {
    await using directory = await temporaryDirectory()
    await openIn(directory.path).save(owner, keys())
    const noble = openIn(directory.path, { crypto: createNobleCrypto() })
    expect(await noble.load(owner)).toEqual(keys())
  })

  test('behavior: a passphrase is asked for when it is needed, and says what for', async () => {
    await using directory = await temporaryDirectory()
    const asked: string[] = []
    const vault = openIn(directory.path, {
      passphrase: async (purpose) => {
        asked.push(purpose)
        return passphrase
      },
    })
    expect(await vault.load(owner)).toBeUndefined()
    expect(asked).toEqual([])
    await vault.save(owner, keys())
    await vault.load(owner)
    expect(asked).toEqual(['seal', 'open'])
  })

  test('behavior: two spellings of one passphrase are the same', async () => {
    await using directory = await temporaryDirectory()
    await openIn(directory.path, { passphrase: 'Gru\u0308ße' }).save(owner, keys())
    expect(await openIn(directory.path, { passphrase: 'Grüße' }).load(owner)).toEqual(keys())
  })

  test('error: a wrong passphrase and a file of another account read the same, and tell nothing', async () => {
    await using directory = await temporaryDirectory()
    await openIn(directory.path).save(owner, keys())
    const wrong = 'hunter2-hunter2'
    const failure = await openIn(directory.path, { passphrase: wrong })
      .load(owner)
      .catch((error: unknown) => error as Error)
    expect(failure).toMatchObject({
      name: 'VerificationError',
      code: 'keystore/wrong-passphrase',
      message:
        'Load keys: the passphrase does not open the file, wanted the one that it was saved with',
    })
    const spy = createSecretSpy({ wrong, passphrase, address: owner.address, keys: keys() })
    spy.write(JSON.stringify({ ...(failure as object), stack: (failure as Error).stack }))
    expect(spy.leaks()).toEqual([])

    const mine = await readFile(await fileIn(directory.path))
    const other = { ...owner, network: 'other' }
    await openIn(directory.path).save(other, Uint8Array.of(1))
    const files = await readdir(directory.path)
    for (const name of files) await writeFile(join(directory.path, name), mine)
    await expect(openIn(directory.path).load(other)).rejects.toMatchObject({
      code: 'keystore/wrong-passphrase',
    })
  })

  test.each([9, 21, 12.5, Number.NaN])('error: a cost of %d is refused', (costLog2) => {
    expect(() => openIn('nowhere', { costLog2 })).toThrow(
      expect.objectContaining({ code: 'keystore/bad-cost' }),
    )
  })

  test('error: an empty passphrase is refused', async () => {
    await using directory = await temporaryDirectory()
    const saving = openIn(directory.path, { passphrase: '' }).save(owner, keys())
    await expect(saving).rejects.toMatchObject({ code: 'keystore/empty-passphrase' })
    expect(await readdir(directory.path)).toEqual([])
  })

  test.skipIf(process.platform === 'win32').each([0o640, 0o604, 0o660])(
    'error: a file of mode %o is not read',
    async (mode) => {
      await using directory = await temporaryDirectory()
      await openIn(directory.path).save(owner, keys())
      await chmod(await fileIn(directory.path), mode)
      await expect(openIn(directory.path).load(owner)).rejects.toMatchObject({
        name: 'UsageError',
        code: 'keystore/file-too-open',
        message: expect.stringContaining('0600'),
      })
    },
  )

  test('error: a file that asks for unbearable work is refused before the work', async () => {
    await using directory = await temporaryDirectory()
    await openIn(directory.path).save(owner, keys())
    const path = await fileIn(directory.path)
    const file = JSON.parse(await readFile(path, 'utf8'))
    for (const change of [{ n: 2 ** 40 }, { n: 1000 }, { n: 'x' }, { r: 2 ** 20 }, { p: 0 }]) {
      await writeFile(path, JSON.stringify({ ...file, ...change }))
      await expect(openIn(directory.path).load(owner)).rejects.toMatchObject({
        code: 'keystore/malformed',
      })
    }
  })

  test('error: whatever lies in the file, what is thrown is typed', async () => {
    await using directory = await temporaryDirectory()
    await openIn(directory.path).save(owner, keys())
    const path = await fileIn(directory.path)
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array(), fc.json().map(Buffer.from)), async (bytes) => {
        await writeFile(path, bytes)
        await expect(openIn(directory.path).load(owner)).rejects.toMatchObject({
          code: 'keystore/malformed',
        })
      }),
      { numRuns: 100 },
    )
  })

  test('error: a folder that cannot be written is keystore/unavailable', async () => {
    await using directory = await temporaryDirectory()
    const file = join(directory.path, 'file')
    await writeFile(file, '')
    await expect(openIn(file).save(owner, keys())).rejects.toMatchObject({
      name: 'StorageError',
      code: 'keystore/unavailable',
    })
  })
})
