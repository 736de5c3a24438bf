// Backups of messaging keys: made at one home, used at another, read and written by applications.

import { access, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@posthorn/client'
import { openKeyBackup, sealKeyBackup } from '@posthorn/keystore/backup'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Finished, type ProcessOptions, posthorn } from '../testing/posthorn-process.ts'
import { startTestNode, type TestNode } from '../testing/test-node.ts'

const passphrase = 'Grüße aus dem Tresor'
const env = { POSTHORN_BACKUP_PASSPHRASE: passphrase }
const costLog2 = 10

let folder = ''
let node: TestNode
let home: Home
let address = ''
let backup = ''
let count = 0

type Cli = (args: readonly string[], options?: ProcessOptions) => Promise<Finished>
type Home = { readonly path: string; readonly cli: Cli }

function newHome(url = 'http://127.0.0.1:1'): Home {
  count += 1
  const path = join(folder, `home-${count}`)
  const fixed = { POSTHORN_URL: url, POSTHORN_HOME: path }
  return {
    path,
    cli: (args, options = {}) => posthorn(args, { ...options, env: { ...fixed, ...options.env } }),
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'posthorn-keys-'))
  node = await startTestNode()
  home = newHome(node.url)
  address = (await home.cli(['init'])).stdout.trim()
  backup = join(folder, 'backup')
  const made = await home.cli(['keys', 'export', backup, '--json'], { env })
  expect(JSON.parse(made.stdout)).toEqual({ address, file: backup })
})

afterAll(async () => {
  await node[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

describe.concurrent('keys export', () => {
  test('default: an application opens it, and only its owner may read it', async () => {
    expect((await stat(backup)).mode & 0o777).toBe(0o600)
    const { keys, ...rest } = await openKeyBackup(await readFile(backup, 'utf8'), { passphrase })
    expect(rest).toEqual({ address })
    const options = { url: node.url, keystore: 'static' } as const
    await using client = await createClient(keys, options)
    expect(client.address).toBe(address)
  })

  test('behavior: takes the first line of a file as the passphrase, also that of imported keys', async () => {
    const file = join(folder, 'passphrase')
    await writeFile(file, 'another one\r\nsecond line\n')
    const other = newHome()
    await other.cli(['keys', 'import', backup], { env })
    const again = join(folder, 'again')
    const made = await other.cli(['keys', 'export', again, '--passphrase-file', file], { env })
    expect(made).toMatchObject({ exitCode: 0, stdout: `written ${again}\n` })
    const text = await readFile(again, 'utf8')
    expect((await openKeyBackup(text, { passphrase: 'another one' })).address).toBe(address)
  })

  test('error: never overwrites, and asks for nothing then', async () => {
    const before = await readFile(backup, 'utf8')
    const { exitCode, stderr } = await newHome().cli(['keys', 'export', backup, '--json'])
    expect(exitCode).toBe(1)
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'cli/cannot-write-file' } })
    expect(await readFile(backup, 'utf8')).toBe(before)
  })

  test.each([
    ['no passphrase', { POSTHORN_BACKUP_PASSPHRASE: '' }, 'cli/backup-passphrase-needed'],
    ['no node', { ...env, POSTHORN_URL: 'http://127.0.0.1:1' }, 'transport/unavailable'],
    ['no key', { ...env, POSTHORN_HOME: '/nowhere/at/all' }, 'cli/no-key'],
  ])('error: writes nothing with %s', async (name, changed, code) => {
    const file = join(folder, `never ${name}`)
    const { exitCode, stderr } = await home.cli(['keys', 'export', file], { env: changed })
    expect(exitCode).not.toBe(0)
    expect(stderr).toContain(`[${code}]`)
    await expect(access(file)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe.concurrent('keys import', () => {
  test('default: the account reads and writes at another home, without its private key', async () => {
    const laptop = newHome(node.url)
    const peer = newHome(node.url)
    const peerAddress = (await peer.cli(['init'])).stdout.trim()
    const made = await laptop.cli(['keys', 'import', backup], { env })
    expect(made).toMatchObject({ exitCode: 0, stdout: `${address}\n` })
    expect((await stat(join(laptop.path, 'key.json'))).mode & 0o777).toBe(0o600)
    expect(await readFile(join(laptop.path, 'key.json'), 'utf8')).not.toContain('privateKey')
    expect((await laptop.cli(['send', peerAddress, 'from the laptop'])).exitCode).toBe(0)
    const { stdout } = await home.cli(['messages', peerAddress, '--json'])
    expect(JSON.parse(stdout)).toMatchObject([{ content: 'from the laptop' }])
  })

  test('behavior: encrypts the keys here under a passphrase of its own', async () => {
    const other = newHome(node.url)
    const both = { ...env, POSTHORN_PASSPHRASE: 'of this home' }
    const made = await other.cli(['keys', 'import', backup, '--passphrase', '--json'], {
      env: both,
    })
    expect(JSON.parse(made.stdout)).toMatchObject({ address, isEncrypted: true })
    expect((await other.cli(['whoami'])).stdout).toBe(`${address}\n`)
    const listed = await other.cli(['conversations'], { env: both })
    expect(listed.exitCode).toBe(0)
    expect((await other.cli(['conversations'])).stderr).toContain('[cli/passphrase-needed]')
  })

  test('behavior: replaces a key with --force only, and keeps the old one', async () => {
    const other = newHome()
    const first = (await other.cli(['init', '--offline'])).stdout
    const refused = await other.cli(['keys', 'import', backup], { env })
    expect(refused.stderr).toContain('[cli/key-exists]')
    expect((await other.cli(['whoami'])).stdout).toBe(first)
    expect((await other.cli(['keys', 'import', backup, '--force'], { env })).exitCode).toBe(0)
    expect((await other.cli(['whoami'])).stdout).toBe(`${address}\n`)
    expect(await readdir(other.path)).toHaveLength(2)
  })

  test.each([
    ['another passphrase', 'other', 'keystore/wrong-passphrase'],
    ['no passphrase', '', 'cli/backup-passphrase-needed'],
  ])('error: makes no key with %s', async (_, words, code) => {
    const other = newHome()
    const wrong = { POSTHORN_BACKUP_PASSPHRASE: words }
    const { exitCode, stderr } = await other.cli(['keys', 'import', backup], { env: wrong })
    expect(exitCode).not.toBe(0)
    expect(stderr).toContain(`[${code}]`)
    expect(stderr).toContain('hint')
    await expect(access(other.path)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  const spoilt: readonly (readonly [string, () => Promise<string>, string])[] = [
    ['no backup', async () => 'Dear diary', 'keystore/malformed'],
    [
      'keys that do not hold together',
      () => sealKeyBackup({ keys: Uint8Array.of(10, 0), address }, { passphrase, costLog2 }),
      'identity/',
    ],
    [
      'the keys of another account',
      async () => {
        const { keys } = await openKeyBackup(await readFile(backup, 'utf8'), { passphrase })
        const other = `0x${'ab'.repeat(20)}`
        return sealKeyBackup({ keys, address: other }, { passphrase, costLog2 })
      },
      'keystore/other-account',
    ],
  ]
  test.each(spoilt)('error: makes no key of a file with %s', async (name, make, code) => {
    const file = join(folder, name)
    await writeFile(file, await make())
    const other = newHome()
    const { exitCode, stderr } = await other.cli(['keys', 'import', file], { env })
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`[${code}`)
    await expect(access(other.path)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('error: says that a file is not there', async () => {
    const { stderr } = await newHome().cli(['keys', 'import', '/nowhere/backup'], { env })
    expect(stderr).toContain('[cli/cannot-read-file]')
  })
})
