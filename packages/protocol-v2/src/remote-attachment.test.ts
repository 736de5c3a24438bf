import { toUtf8 } from '@posthorn/bytes'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openAttachment, sealAttachment } from './remote-attachment.ts'
import { crypto, flipped } from './test-support.ts'

const withCode = (code: string) => expect.objectContaining({ code })
test('a file opens as what was sealed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 1_000 }), async (content) => {
      const { payload, ...key } = await sealAttachment(crypto, content)
      expect(await openAttachment(crypto, payload, key)).toEqual(content)
    }),
    { numRuns: 30 },
  )
})

test('a file that is not the one named is refused before it is decrypted', async () => {
  const { payload, ...key } = await sealAttachment(crypto, toUtf8('file'))
  await expect(openAttachment(crypto, flipped(payload, 3, 1), key)).rejects.toEqual(
    withCode('attachment/wrong-digest'),
  )
  const wrongKey = { ...key, secret: flipped(key.secret, 0, 1) }
  await expect(openAttachment(crypto, payload, wrongKey)).rejects.toEqual(
    withCode('crypto/decrypt-failed'),
  )
})
