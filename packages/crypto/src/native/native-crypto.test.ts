import { describe, expect, it } from 'vitest'
import { testCrypto } from '../contract.ts'
import { loadBindings } from './bindings.ts'
import { createNativeCrypto } from './native-crypto.ts'

const bindings = loadBindings()

if (bindings !== undefined) testCrypto('native', async () => createNativeCrypto(bindings))
testCrypto('native without its addon', async () => createNativeCrypto(undefined))

describe('native back end', () => {
  it('says what computes its curve', async () => {
    expect((await createNativeCrypto(undefined)).detail).toContain('addon did not load')
    if (bindings === undefined) return
    expect((await createNativeCrypto(bindings)).detail).toContain('libsecp256k1')
  })
})
