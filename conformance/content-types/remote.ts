// Encrypted files: what one side seals, the other opens.

import {
  type Attachment,
  type AttachmentServices,
  attachmentCodec,
  createMemoryAttachmentStorage,
  downloadAttachment,
  type RemoteStaticAttachment,
  uploadAttachment,
} from '@posthorn/content'
import { loadCrypto } from '@posthorn/crypto'
import { arbitraryContent } from './arbitrary-content.ts'
import { type Group, requireSame } from './check.ts'
import {
  nativeContent,
  type PeerSealed,
  peerCodecs,
  peerRegistry,
  RemoteAttachmentCodec,
} from './peers.ts'

const native = nativeContent()
const services: AttachmentServices = {
  crypto: await loadCrypto(),
  storage: createMemoryAttachmentStorage(),
}

/** Files in both directions, with the JavaScript package and with the native core. */
export const remoteGroups: readonly Group[] = [
  {
    name: 'encrypted files',
    contents: arbitraryContent[attachmentCodec.contentType.typeId] ?? never(),
    runs: 100,
    checks: {
      'sealed by the package, opened by us': async (content) => {
        const codec = peerCodecs['attachment'] ?? never()
        const sealed = await RemoteAttachmentCodec.encodeEncrypted(content, codec)
        requireSame(await openedByUs({ ...sealed, contentDigest: sealed.digest }), content)
      },
      'sealed by us, opened by the package': async (content) => {
        const remote = await uploadAttachment(services, content as Attachment)
        requireSame(await openedByPackage(remote), content)
      },
      'sealed by the native core, opened by us': async (content) => {
        const sealed = native['encryptAttachment']?.(toNative(content as Attachment))
        requireSame(await openedByUs(sealed as Sealed), content)
      },
      'sealed by us, opened by the native core': async (content) => {
        const remote = await uploadAttachment(services, content as Attachment)
        const payload = await payloadOf(remote)
        const opened = native['decryptAttachment']?.(payload, remote)
        requireSame(opened, toNative(content as Attachment))
      },
    },
  },
]

type Sealed = Omit<PeerSealed, 'digest'> & { readonly contentDigest: string }

async function openedByUs({ payload, ...key }: Sealed): Promise<Attachment> {
  const { contentDigest, salt, nonce, secret } = key
  const url = await services.storage.put(payload)
  const remote = { url, contentDigest, salt, nonce, secret, scheme: 'https://' }
  return await downloadAttachment(services, remote)
}

// The package fetches by itself.
async function openedByPackage(remote: RemoteStaticAttachment): Promise<unknown> {
  const realFetch = globalThis.fetch
  globalThis.fetch = async () => new Response(Uint8Array.from(await payloadOf(remote)))
  try {
    return await RemoteAttachmentCodec.load(remote, peerRegistry)
  } finally {
    globalThis.fetch = realFetch
  }
}

function payloadOf({ url }: RemoteStaticAttachment): Promise<Uint8Array> {
  return services.storage.get(url, { maxBytes: 1_000_000 })
}

function toNative({ data, ...file }: Attachment): object {
  return { ...file, content: data }
}

function never(): never {
  throw new TypeError('the attachment codec is missing')
}
