import { afterEach, describe, expect, it, vi } from 'vitest'
import { loadCrypto } from './load.ts'
import { loadCrypto as loadCryptoInBrowser } from './load-browser.ts'
import type { BackendName } from './port.ts'
import { loadVerifyCrypto } from './verify.ts'
import { loadVerifyCrypto as loadVerifyCryptoInBrowser } from './verify-browser.ts'

const unavailable = expect.objectContaining({
  name: 'UsageError',
  code: 'crypto/backend-unavailable',
})
const withoutSubtle = { getRandomValues: globalThis.crypto.getRandomValues }

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('load crypto', () => {
  it.each(['native', 'web', 'noble'] as const)('gives %s when asked for it', async (backend) => {
    expect((await loadCrypto({ backend })).name).toBe(backend)
  })

  it('gives native in Node, and web or noble elsewhere', async () => {
    expect((await loadCrypto()).name).toBe('native')
    vi.stubGlobal('process', undefined)
    expect((await loadCrypto()).name).toBe('web')
    await expect(loadCrypto({ backend: 'native' })).rejects.toThrow(unavailable)
    vi.stubGlobal('crypto', withoutSubtle)
    expect((await loadCrypto()).name).toBe('noble')
  })

  it('refuses a name that is none', async () => {
    const backend = 'quantum' as BackendName
    await expect(loadCrypto({ backend })).rejects.toThrow(unavailable)
  })

  it('gives web in a browser, and noble where the page has no WebCrypto', async () => {
    expect((await loadCryptoInBrowser()).name).toBe('web')
    expect((await loadCryptoInBrowser({ backend: 'noble' })).name).toBe('noble')
    await expect(loadCryptoInBrowser({ backend: 'native' })).rejects.toThrow(unavailable)
    vi.stubGlobal('crypto', withoutSubtle)
    expect((await loadCryptoInBrowser()).name).toBe('noble')
  })
})

describe('load verify crypto', () => {
  it('gives native in Node and noble elsewhere', async () => {
    expect((await loadVerifyCrypto()).name).toBe('native')
    expect((await loadVerifyCrypto({ backend: 'noble' })).name).toBe('noble')
    await expect(loadVerifyCrypto({ backend: 'web' })).rejects.toThrow(unavailable)
    vi.stubGlobal('process', undefined)
    expect((await loadVerifyCrypto()).name).toBe('noble')
    await expect(loadVerifyCrypto({ backend: 'native' })).rejects.toThrow(unavailable)
  })

  it('gives noble in a browser', async () => {
    expect((await loadVerifyCryptoInBrowser()).name).toBe('noble')
    await expect(loadVerifyCryptoInBrowser({ backend: 'native' })).rejects.toThrow(unavailable)
  })

  it.each(['native', 'noble'] as const)('%s checks signatures at once', async (backend) => {
    const { curve } = await loadCrypto()
    const digest = new Uint8Array(32).fill(3)
    const signature = curve.sign(digest, digest)
    const verify = await loadVerifyCrypto({ backend })
    expect(verify.curve.recover(signature, digest)).toEqual(curve.publicKey(digest))
    expect(verify.curve.verify(signature.compact, digest, curve.publicKey(digest))).toBe(true)
  })
})
