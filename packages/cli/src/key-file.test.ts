import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  isEncrypted,
  keyFileExists,
  readKeyFile,
  secretOf,
  setAsideKeyFile,
  writeKeyFile,
} from './key-file.ts'
import { keyPathIn } from './key-path.ts'

const address = '0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A'
const bytes = new Uint8Array(32).fill(0x11)
const secret = { kind: 'private-key', bytes } as const
const passphrase = 'correct horse'
const nobodyAsked = (): Promise<string> => Promise.reject(new RangeError('asked'))

let folder = ''
let path = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'posthorn-key-'))
  path = keyPathIn(join(folder, 'home'))
})

afterEach(() => rm(folder, { recursive: true }))

describe('key file', () => {
  test('default: gives back the key, and only its owner may read it', async () => {
    await writeKeyFile(path, { address, secret })
    const file = await readKeyFile(path)
    expect(file.address).toBe(address)
    expect(await secretOf(file, nobodyAsked)).toEqual(secret)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await stat(join(folder, 'home'))).mode & 0o777).toBe(0o700)
  })

  test('behavior: does not hold the key in the clear under a passphrase', async () => {
    await writeKeyFile(path, { address, secret, passphrase })
    expect(await readFile(path, 'utf8')).not.toContain('11'.repeat(16))
    const file = await readKeyFile(path)
    expect(await secretOf(file, async () => passphrase)).toEqual(secret)
    await expect(secretOf(file, async () => 'wrong')).rejects.toMatchObject({
      code: 'cli/wrong-passphrase',
    })
  })

  test('behavior: keeps messaging keys in place of the private key', async () => {
    const keys = { kind: 'messaging-keys', bytes: new Uint8Array(700).fill(0x11) } as const
    await writeKeyFile(path, { address, secret: keys })
    const open = await readKeyFile(path)
    expect([isEncrypted(open), await secretOf(open, nobodyAsked)]).toEqual([false, keys])
    const sealedPath = join(folder, 'sealed.json')
    await writeKeyFile(sealedPath, { address, secret: keys, passphrase })
    expect(await readFile(sealedPath, 'utf8')).not.toContain('11'.repeat(16))
    const sealed = await readKeyFile(sealedPath)
    expect(isEncrypted(sealed)).toBe(true)
    expect(await secretOf(sealed, async () => passphrase)).toEqual(keys)
  })

  test('error: neither kind of keys opens as the other', async () => {
    await writeKeyFile(path, { address, secret, passphrase })
    const file = await readKeyFile(path)
    if (!('sealed' in file)) throw new RangeError('not sealed')
    const { sealed, ...rest } = file
    const other = { ...rest, sealedMessagingKeys: sealed }
    await expect(secretOf(other, async () => passphrase)).rejects.toMatchObject({
      code: 'cli/wrong-passphrase',
    })
  })

  test('error: a sealed key moved under another address does not open', async () => {
    await writeKeyFile(path, { address, secret, passphrase })
    const file = { ...(await readKeyFile(path)), address: address.toLowerCase() }
    await expect(secretOf(file, async () => passphrase)).rejects.toMatchObject({
      code: 'cli/wrong-passphrase',
    })
  })

  test('error: never overwrites a key', async () => {
    await writeKeyFile(path, { address, secret })
    const before = await readFile(path, 'utf8')
    await expect(
      writeKeyFile(path, {
        address,
        secret: { kind: 'private-key', bytes: new Uint8Array(32).fill(0x22) },
      }),
    ).rejects.toMatchObject({ name: 'UsageError', code: 'cli/key-exists' })
    expect(await readFile(path, 'utf8')).toBe(before)
  })

  test('setAsideKeyFile keeps the old key beside the new place', async () => {
    const now = new Date('2026-11-22T14:03:04.567Z')
    expect(await setAsideKeyFile(path, now)).toBeUndefined()
    await writeKeyFile(path, { address, secret })
    const aside = await setAsideKeyFile(path, now)
    expect(aside).toBe(join(folder, 'home', 'key.20261122T140304Z.json'))
    expect(await keyFileExists(path)).toBe(false)
    expect((await readKeyFile(aside ?? '')).address).toBe(address)
  })

  test('error: says that there is no key', async () => {
    await expect(readKeyFile(path)).rejects.toMatchObject({ code: 'cli/no-key' })
  })

  test.skipIf(process.platform === 'win32').each([0o644, 0o640, 0o602])(
    'error: refuses a file of mode %o',
    async (mode) => {
      await writeKeyFile(path, { address, secret })
      await chmod(path, mode)
      await expect(readKeyFile(path)).rejects.toMatchObject({
        code: 'cli/key-exposed',
        message: expect.stringContaining(`0${mode.toString(8)}`),
      })
    },
  )

  test.each([
    ['no JSON', 'key'],
    ['another version', JSON.stringify({ version: 2, address, privateKey: '11'.repeat(32) })],
    ['a short key', JSON.stringify({ version: 1, address, privateKey: '11' })],
    ['odd messaging keys', JSON.stringify({ version: 1, address, messagingKeys: '111' })],
    ['no key', JSON.stringify({ version: 1, address })],
    ['no address', JSON.stringify({ version: 1, privateKey: '11'.repeat(32) })],
    ['null', 'null'],
    ['a huge file', ' '.repeat(70_000)],
  ])('error: refuses a file with %s', async (_, text) => {
    const damaged = join(folder, 'damaged.json')
    await writeFile(damaged, text, { mode: 0o600 })
    await expect(readKeyFile(damaged)).rejects.toMatchObject({ code: 'cli/key-damaged' })
  })

  test('error: refuses scrypt parameters that would exhaust the machine', async () => {
    await writeKeyFile(path, { address, secret, passphrase })
    const file = await readKeyFile(path)
    if (!('sealed' in file)) throw new RangeError('not sealed')
    const greedy = { ...file, sealed: { ...file.sealed, cost: 2 ** 30 } }
    await expect(secretOf(greedy, async () => passphrase)).rejects.toMatchObject({
      code: 'cli/key-damaged',
    })
  })
})
