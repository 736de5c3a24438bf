import { toUtf8 } from '@posthorn/bytes'
import { loadCrypto } from '@posthorn/crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { codecRegistry } from '../codec-registry.ts'
import { encodeEncodedContent } from '../encoded-content.ts'
import { multiRemoteAttachmentType } from '../standard/multi-remote-attachment.ts'
import {
  type RemoteStaticAttachment,
  remoteStaticAttachmentType,
} from '../standard/remote-static-attachment.ts'
import { textCodec } from '../standard/text.ts'
import { standardCodecs } from '../standard-codecs.ts'
import { decodeContent, encodeContent } from '../translate.ts'
import type { AttachmentStorage, TransferProgress } from './attachment-storage.ts'
import { createMemoryAttachmentStorage } from './memory-storage.ts'
import { sealAttachment } from './seal-attachment.ts'
import { downloadAttachment, downloadContent, uploadAttachment } from './transfer-attachment.ts'

const crypto = await loadCrypto()
const registry = codecRegistry(standardCodecs)
const file = { filename: 'a.txt', mimeType: 'text/plain', data: toUtf8('the file itself') }
const withCode = (code: string): unknown => expect.objectContaining({ code })

test('a file arrives as it was sent, through the message that describes it', async () => {
  const services = { crypto, storage: createMemoryAttachmentStorage() }
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), async (data) => {
      const remote = await uploadAttachment(services, { ...file, data })
      const contentType = remoteStaticAttachmentType
      const { bytes } = await encodeContent(registry, remote, { contentType })
      const incoming = await decodeContent(registry, bytes)
      if (incoming.kind !== 'decoded') return expect.unreachable()
      expect(incoming.content).toEqual(remote)
      const received = incoming.content as RemoteStaticAttachment
      expect(await downloadAttachment(services, received)).toEqual({ ...file, data })
    }),
    { numRuns: 30 },
  )
})

test('several files travel in one message', async () => {
  const services = { crypto, storage: createMemoryAttachmentStorage() }
  const attachments = [
    await uploadAttachment(services, file),
    await uploadAttachment(services, file),
  ]
  const contentType = multiRemoteAttachmentType
  const { bytes } = await encodeContent(registry, { attachments }, { contentType })
  const incoming = await decodeContent(registry, bytes)
  expect(incoming).toMatchObject({ content: { attachments } })
  expect(attachments[0]?.secret).not.toEqual(attachments[1]?.secret)
  for (const remote of attachments) expect(await downloadAttachment(services, remote)).toEqual(file)
})

test('the storage sees no content', async () => {
  const storage = createMemoryAttachmentStorage()
  const seen: Uint8Array[] = []
  const spying: AttachmentStorage = {
    ...storage,
    put: (bytes) => {
      seen.push(bytes)
      return storage.put(bytes)
    },
  }
  await uploadAttachment({ crypto, storage: spying }, file)
  const text = new TextDecoder().decode(seen[0])
  for (const secret of ['the file itself', 'a.txt', 'text/plain'])
    expect(text).not.toContain(secret)
})

test('a file that is not the one named is never decrypted', async () => {
  const storage = createMemoryAttachmentStorage()
  const remote = await uploadAttachment({ crypto, storage }, file)
  let decrypted = 0
  const counting = {
    ...crypto,
    aead: { ...crypto.aead, decrypt: () => Promise.reject(decrypted++) },
  }
  const payload = await storage.get(remote.url, { maxBytes: 1_000 })
  payload[0] = (payload[0] ?? 0) ^ 1
  const url = await storage.put(payload)
  await expect(
    downloadAttachment({ crypto: counting, storage }, { ...remote, url }),
  ).rejects.toEqual(withCode('attachment/wrong-digest'))
  expect(decrypted).toBe(0)
})

test('a file that is longer than the application takes is not asked for', async () => {
  const storage = createMemoryAttachmentStorage()
  const remote = await uploadAttachment({ crypto, storage }, file)
  const deaf: AttachmentStorage = { ...storage, get: () => Promise.reject(new TypeError('asked')) }
  const { contentLength = 0 } = remote
  const maxBytes = contentLength - 1
  await expect(downloadAttachment({ crypto, storage: deaf }, remote, { maxBytes })).rejects.toEqual(
    withCode('attachment/too-big'),
  )
  // A sender who lies about the length gains nothing.
  await expect(
    downloadAttachment({ crypto, storage }, { ...remote, contentLength: 1 }, { maxBytes }),
  ).rejects.toEqual(withCode('attachment/too-big'))
})

test('progress is told with the length that the message states', async () => {
  const storage = createMemoryAttachmentStorage()
  const remote = await uploadAttachment({ crypto, storage }, file)
  const silent: AttachmentStorage = {
    ...storage,
    get: (url, { onProgress, ...rest }) => {
      onProgress?.({ transferredBytes: 1, totalBytes: undefined })
      return storage.get(url, rest)
    },
  }
  const steps: TransferProgress[] = []
  await downloadAttachment({ crypto, storage: silent }, remote, {
    onProgress: (s) => steps.push(s),
  })
  expect(steps).toEqual([{ transferredBytes: 1, totalBytes: remote.contentLength }])
})

test('something other than a file is not taken for one, and can be had as content', async () => {
  const storage = createMemoryAttachmentStorage()
  const sealed = await sealAttachment(
    crypto,
    encodeEncodedContent(textCodec.encode('just text', registry)),
  )
  const url = await storage.put(sealed.payload)
  const remote = { ...sealed, url, scheme: 'https://' }
  await expect(downloadAttachment({ crypto, storage }, remote)).rejects.toEqual(
    withCode('attachment/not-a-file'),
  )
  const bytes = await downloadContent({ crypto, storage }, remote)
  expect(await decodeContent(registry, bytes)).toMatchObject({ content: 'just text' })
})

test('a file whose inside is no content is refused', async () => {
  const storage = createMemoryAttachmentStorage()
  const sealed = await sealAttachment(crypto, Uint8Array.of(1, 2, 3))
  const remote = { ...sealed, url: await storage.put(sealed.payload), scheme: 'https://' }
  await expect(downloadAttachment({ crypto, storage }, remote)).rejects.toEqual(
    withCode('wire/malformed'),
  )
})

test('an address that readers cannot fetch safely is never sent', async () => {
  const storage = createMemoryAttachmentStorage()
  const unsafe: AttachmentStorage = { ...storage, put: async () => 'http://example.org/x' }
  await expect(uploadAttachment({ crypto, storage: unsafe }, file)).rejects.toEqual(
    withCode('content/malformed'),
  )
})
