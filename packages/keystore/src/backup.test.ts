import { createNobleCrypto } from '@posthorn/crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openKeyBackup, sealKeyBackup } from './backup.ts'

const crypto = createNobleCrypto()
const passphrase = 'correct horse battery staple'
const address = '0xAb5801a7D398351b8bE11C439e05C5B3259aeC9B'
const keys = Uint8Array.from({ length: 200 }, (_, index) => index)
const options = { passphrase, costLog2: 10, crypto }

describe('key backup', () => {
  test('default: opens with its passphrase, typed on any keyboard, whatever blanks are around it', async () => {
    const text = await sealKeyBackup(
      { keys, address },
      { ...options, passphrase: 'Gr\u00fc\u00dfe' },
    )
    expect(
      await openKeyBackup(` ${text}\n`, { ...options, passphrase: 'Gru\u0308\u00dfe' }),
    ).toEqual({
      keys,
      address,
    })
  })

  test('default: is one line that tells the account, the cost and nothing of the keys', async () => {
    const [text, other] = await Promise.all([
      sealKeyBackup({ keys, address }, options),
      sealKeyBackup({ keys, address }, options),
    ])
    expect(text).not.toContain('\n')
    expect(JSON.parse(text)).toMatchObject({ address, kdf: 'scrypt', n: 1024, r: 8, p: 1 })
    expect(JSON.parse(text).ciphertext).not.toBe(JSON.parse(other).ciphertext)
    expect(Buffer.from(text).includes(Buffer.from(keys).toString('base64').slice(0, 20))).toBe(
      false,
    )
  })

  test('behavior: a guess costs 128 MiB unless told otherwise', async () => {
    const text = await sealKeyBackup({ keys, address }, { passphrase, crypto })
    expect(JSON.parse(text)).toMatchObject({ n: 131_072, r: 8, p: 1 })
  })

  test('error: another passphrase, another address and any other ciphertext do not open it', async () => {
    const text = await sealKeyBackup({ keys, address }, options)
    const wrong = { code: 'keystore/wrong-passphrase' }
    await expect(openKeyBackup(text, { ...options, passphrase: 'x' })).rejects.toMatchObject(wrong)
    const others = `0x${'ab'.repeat(20)}`
    await expect(openKeyBackup(text.replace(address, others), options)).rejects.toMatchObject(wrong)
    const file = JSON.parse(text)
    const bytes = Buffer.from(file.ciphertext, 'base64')
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length * 8 - 1), async (bit) => {
        const changed = Buffer.from(bytes)
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        const spoilt = JSON.stringify({ ...file, ciphertext: changed.toString('base64') })
        await expect(openKeyBackup(spoilt, options)).rejects.toMatchObject(wrong)
      }),
      { numRuns: 30 },
    )
  })

  test.each(['', 'keys', '{}', '[]', '{"address":"0x1","format":"posthorn-keys"}'])(
    'error: %j is no backup',
    async (text) => {
      await expect(openKeyBackup(text, options)).rejects.toMatchObject({
        code: 'keystore/malformed',
      })
    },
  )

  test('error: refuses an empty passphrase and a cost out of range', async () => {
    await expect(
      sealKeyBackup({ keys, address }, { ...options, passphrase: '' }),
    ).rejects.toMatchObject({ code: 'keystore/empty-passphrase' })
    await expect(
      sealKeyBackup({ keys, address }, { ...options, costLog2: 9 }),
    ).rejects.toMatchObject({
      code: 'keystore/bad-cost',
    })
  })
})
