import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Finished, type ProcessOptions, posthorn } from '../testing/posthorn-process.ts'

// From the public test mnemonic of development chains.
const privateKey = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'
const address = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'

let folder = ''
let count = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'posthorn-cli-'))
})

afterAll(() => rm(folder, { recursive: true }))

type Cli = (args: readonly string[], options?: ProcessOptions) => Promise<Finished>

// Each test has a home of its own.
function newHome(): { readonly home: string; readonly cli: Cli } {
  count += 1
  const home = join(folder, `home-${count}`)
  const cli: Cli = (args, options = {}) => {
    const env = { POSTHORN_URL: 'http://127.0.0.1:1', ...options.env }
    return posthorn([...args, '--home', home], { ...options, env })
  }
  return { home, cli }
}

describe.concurrent('init', () => {
  test('default: prints the address of a new key that only its owner may read', async () => {
    const { home, cli } = newHome()
    const { exitCode, stdout, stderr } = await cli(['init'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/^0x[0-9a-fA-F]{40}\n$/)
    expect((await stat(join(home, 'key.json'))).mode & 0o777).toBe(0o600)
    expect((await stat(home)).mode & 0o777).toBe(0o700)
    expect((await cli(['whoami'])).stdout).toBe(stdout)
  })

  test('behavior: imports a key from standard input and never prints it', async () => {
    const { cli } = newHome()
    const made = await cli(['init', '--import', '-', '--json'], { input: `${privateKey}\n` })
    expect(JSON.parse(made.stdout)).toMatchObject({ address, isEncrypted: false, hasJoined: false })
    expect(made.stdout + made.stderr).not.toContain(privateKey.slice(2))
  })

  test('behavior: imports a key from a file', async () => {
    const { cli } = newHome()
    const file = join(folder, 'imported')
    await writeFile(file, privateKey.slice(2))
    expect((await cli(['init', '--import', file])).stdout).toBe(`${address}\n`)
  })

  test('behavior: encrypts the key under POSTHORN_PASSPHRASE', async () => {
    const { home, cli } = newHome()
    const env = { POSTHORN_PASSPHRASE: 'correct horse' }
    await cli(['init', '--import', '-', '--passphrase'], { input: privateKey, env })
    expect(await readFile(join(home, 'key.json'), 'utf8')).not.toContain(privateKey.slice(2))
    const { stdout } = await cli(['whoami', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ address, isEncrypted: true })
  })

  test('behavior: makes another key with --force and keeps the first', async () => {
    const { home, cli } = newHome()
    const first = (await cli(['init'])).stdout
    const second = (await cli(['init', '--force'])).stdout
    expect(second).not.toBe(first)
    expect(await readdir(home)).toHaveLength(2)
  })

  test('error: refuses to replace a key', async () => {
    const { cli } = newHome()
    const first = (await cli(['init'])).stdout
    const { exitCode, stdout, stderr } = await cli(['init'])
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain('[cli/key-exists]')
    expect(stderr).toContain('--force')
    expect((await cli(['whoami'])).stdout).toBe(first)
  })

  test.each([
    ['no key', '0x1234'],
    ['a key out of range', '0'.repeat(64)],
    ['nothing', ''],
  ])('error: refuses to import %s', async (_, input) => {
    const { cli } = newHome()
    const { exitCode, stderr } = await cli(['init', '--import', '-'], { input })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('64 hexadecimal digits')
  })

  test.each([
    ['a key', ['init', '--import'], 'cli/nobody-to-ask'],
    ['a passphrase', ['init', '--passphrase'], 'cli/passphrase-needed'],
  ])('error: does not wait for %s that nobody can type', async (_, args, code) => {
    const { cli } = newHome()
    const { exitCode, stderr } = await cli([...args, '--json'])
    expect(exitCode).toBe(2)
    expect(JSON.parse(stderr)).toMatchObject({ error: { code } })
  })
})

describe.concurrent('whoami', () => {
  test('error: says how to make a key when there is none', async () => {
    const { cli } = newHome()
    const { exitCode, stdout, stderr } = await cli(['whoami'])
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain('hint  make one with: posthorn init')
  })

  test('error: refuses a key that others can read', async () => {
    const { home, cli } = newHome()
    await cli(['init'])
    await chmod(join(home, 'key.json'), 0o644)
    const { exitCode, stderr } = await cli(['whoami', '--json'])
    expect(exitCode).toBe(1)
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'cli/key-exposed', hint: expect.stringContaining('chmod 600') },
    })
  })
})
