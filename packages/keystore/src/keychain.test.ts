// The programs of operating systems need a desktop, so small stand-ins of theirs are run: they take the same
// arguments, keep secrets in a folder, and note every argument they are given.

import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryDirectory, writeProgram } from '@posthorn/testing'
import { afterEach, describe, expect, test } from 'vitest'
import { testKeyVault } from './contract.ts'
import { createKeychainVault } from './keychain.ts'

const owner = { network: 'test', address: '0xAb5801a7D398351b8bE11C439e05C5B3259aeC9B' }
const platforms = ['linux', 'darwin'] as const
const usualPath = process.env['PATH']

afterEach(() => {
  process.env['PATH'] = usualPath
})

const secretTool = `
command=$1; shift
case $1 in --label=*) shift;; esac
file=$KEYCHAIN/$(echo "$*" | cksum | tr ' ' -)
case $command in
  store) cat > "$file";;
  lookup) [ -f "$file" ] || exit 1; cat "$file";;
  clear) [ -f "$file" ] || exit 1; rm "$file";;
esac
`

const security = `
if [ "$1" = -i ]; then read -r line; eval "set -- $line"; fi
command=$1; shift
[ "$1" = -U ] && shift
file=$KEYCHAIN/$(echo "$1 $2 $3 $4" | cksum | tr ' ' -)
case $command in
  add-generic-password) printf %s "$6" > "$file";;
  find-generic-password) [ -f "$file" ] || exit 44; cat "$file"; echo;;
  delete-generic-password) [ -f "$file" ] || exit 44; rm "$file";;
esac
`

async function standIns(path: string, script?: string): Promise<void> {
  await mkdir(join(path, 'kept'))
  const noting = `#!/bin/sh\nKEYCHAIN='${path}/kept'\necho "$@" >> '${path}/arguments'\n`
  for (const [name, own] of Object.entries({ 'secret-tool': secretTool, security })) {
    await writeProgram(join(path, name), noting + (script ?? own))
  }
  process.env['PATH'] = `${path}:${usualPath}`
}

for (const platform of platforms) {
  testKeyVault(
    `keychain vault on ${platform}`,
    async () => {
      const directory = await temporaryDirectory()
      await standIns(directory.path)
      return {
        open: () => createKeychainVault({ platform }),
        [Symbol.asyncDispose]: directory[Symbol.asyncDispose],
      }
    },
    { numRuns: 5 },
  )
}

describe.each(platforms)('keychain vault on %s', (platform) => {
  test('default: a secret is never among the arguments', async () => {
    await using directory = await temporaryDirectory()
    await standIns(directory.path)
    const vault = createKeychainVault({ platform, service: `it's "mine"` })
    const keys = new TextEncoder().encode('as secret as can be')
    await vault.save(owner, keys)
    expect(await vault.load(owner)).toEqual(keys)
    const noted = await readFile(join(directory.path, 'arguments'), 'utf8')
    expect(noted).toMatch(/lookup|find-generic-password/)
    expect(noted).not.toContain(btoa('as secret as can be').slice(0, 8))
  })

  test('error: without the program it says what to use instead', async () => {
    await using directory = await temporaryDirectory()
    process.env['PATH'] = directory.path
    const vault = createKeychainVault({ platform })
    const refused = {
      name: 'UsageError',
      code: 'keystore/no-keychain',
      message: expect.stringContaining('createFileVault'),
    }
    await expect(vault.load(owner)).rejects.toMatchObject(refused)
    await expect(vault.save(owner, Uint8Array.of(1))).rejects.toMatchObject(refused)
    await expect(vault.remove(owner)).rejects.toMatchObject(refused)
  })

  test('error: a keychain that fails is keystore/unavailable', async () => {
    await using directory = await temporaryDirectory()
    await standIns(directory.path, 'echo "no session bus" >&2; exit 1')
    const vault = createKeychainVault({ platform })
    const refused = { name: 'StorageError', code: 'keystore/unavailable' }
    await expect(vault.load(owner)).rejects.toMatchObject(refused)
    await expect(vault.save(owner, Uint8Array.of(1))).rejects.toMatchObject(refused)
    await expect(vault.remove(owner)).rejects.toMatchObject(refused)
  })

  test('error: what others put there is keystore/malformed', async () => {
    await using directory = await temporaryDirectory()
    await standIns(directory.path, 'echo "not ours!"')
    await expect(createKeychainVault({ platform }).load(owner)).rejects.toMatchObject({
      code: 'keystore/malformed',
    })
  })
})

test('error: a platform without a known keychain is keystore/no-keychain', async () => {
  await expect(createKeychainVault({ platform: 'win32' }).load(owner)).rejects.toMatchObject({
    code: 'keystore/no-keychain',
  })
})
