// Files too large for a message: encrypted, uploaded, described in the message; fetched, checked, decrypted.

import { CodecError } from '@posthorn/errors'
import { codecRegistry } from '../codec-registry.ts'
import { formatContentType } from '../content-type.ts'
import { encodeEncodedContent } from '../encoded-content.ts'
import { type Attachment, attachmentCodec } from '../standard/attachment.ts'
import { requireSafeUrl } from '../standard/attachment-url.ts'
import type { RemoteStaticAttachment } from '../standard/remote-static-attachment.ts'
import { decodeContent, type IncomingContent } from '../translate.ts'
import type { AttachmentStorage, DownloadOptions, TransferOptions } from './attachment-storage.ts'
import { type AttachmentCrypto, openAttachment, sealAttachment } from './seal-attachment.ts'
import { tooBig } from './storage-errors.ts'

/** How large an encrypted file may be unless the application says otherwise: 100 MiB. */
export const defaultMaxAttachmentBytes: number = 100 * 1_048_576

/** What uploading and downloading need. */
export type AttachmentServices = {
  readonly crypto: AttachmentCrypto
  readonly storage: AttachmentStorage
}

/** How to download an attachment; `maxBytes` defaults to {@link defaultMaxAttachmentBytes}. */
export type DownloadAttachmentOptions = Partial<DownloadOptions>

const attachments = codecRegistry([attachmentCodec])

/**
 * Encrypts a file and uploads it. The result is content of {@link remoteStaticAttachmentType}: send it as it is,
 * or several of them as a multi remote attachment.
 *
 * @throws CodecError `content/malformed` when the storage gives an address that others cannot fetch safely,
 * and whatever the storage throws
 */
export async function uploadAttachment(
  { crypto, storage }: AttachmentServices,
  attachment: Attachment,
  options: TransferOptions = {},
): Promise<RemoteStaticAttachment> {
  const encoded = encodeEncodedContent(attachmentCodec.encode(attachment, attachments))
  const { payload, ...key } = await sealAttachment(crypto, encoded)
  const url = requireSafeUrl(await storage.put(payload, options))
  const { filename } = attachment
  return { ...key, url, scheme: 'https://', contentLength: payload.length, filename }
}

/**
 * Fetches what a message points to and opens it as encoded content: for `decodeContent`, when it may be
 * something other than a file. Fetching tells whoever keeps the file that, when and from where it is read.
 *
 * @throws VerificationError `attachment/wrong-digest`, `crypto/decrypt-failed`; ValidationError
 * `attachment/too-big`, `attachment/insecure-url`; and whatever the storage throws
 */
export async function downloadContent(
  { crypto, storage }: AttachmentServices,
  remote: RemoteStaticAttachment,
  options: DownloadAttachmentOptions = {},
): Promise<Uint8Array> {
  const { maxBytes = defaultMaxAttachmentBytes, onProgress } = options
  const { contentLength } = remote
  if (contentLength !== undefined && contentLength > maxBytes) throw tooBig(maxBytes)
  const payload = await storage.get(remote.url, {
    ...options,
    maxBytes,
    onProgress:
      onProgress &&
      (({ transferredBytes, totalBytes = contentLength }) =>
        onProgress({ transferredBytes, totalBytes })),
  })
  return await openAttachment(crypto, payload, remote)
}

/**
 * Fetches the file that a message points to. Its name comes from the peer: see {@link safeFileName}.
 *
 * @throws as {@link downloadContent}, and CodecError `attachment/not-a-file` or why it cannot be read
 */
export async function downloadAttachment(
  services: AttachmentServices,
  remote: RemoteStaticAttachment,
  options: DownloadAttachmentOptions = {},
): Promise<Attachment> {
  const { maxBytes = defaultMaxAttachmentBytes } = options
  const bytes = await downloadContent(services, remote, options)
  const incoming = await decodeContent(attachments, bytes, { maxDecompressedBytes: maxBytes })
  return fileOf(incoming)
}

function fileOf(incoming: IncomingContent): Attachment {
  const { kind, contentType } = incoming
  if (kind === 'malformed') throw incoming.error
  if (kind === 'decoded' && contentType.typeId === attachmentCodec.contentType.typeId) {
    return incoming.content as Attachment
  }
  throw new CodecError(
    'attachment/not-a-file',
    `Download attachment: found ${formatContentType(contentType)}, expected a file`,
  )
}
