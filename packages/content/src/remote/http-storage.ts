// Storage on a web server that takes PUT, such as a bucket or a WebDAV folder.

import { toHex } from '@posthorn/bytes'
import { ProtocolError, UsageError } from '@posthorn/errors'
import { isSecureUrl, requireWebUrl } from '../standard/attachment-url.ts'
import type { AttachmentStorage, DownloadOptions, TransferOptions } from './attachment-storage.ts'
import {
  fileNotFound,
  insecureUrl,
  refused,
  requireWanted,
  tooBig,
  transferCancelled,
  unreachable,
} from './storage-errors.ts'

const nameBytes = 16
const missingStatuses: ReadonlySet<number> = new Set([404, 410])

/** What {@link createHttpAttachmentStorage} works with. */
export type HttpAttachmentStorageOptions = {
  readonly fetch: typeof globalThis.fetch
  readonly randomBytes: (lengthBytes: number) => Uint8Array
  /** Folder that files are put into, each under a random name; without it the storage only reads. */
  readonly uploadUrl?: string | undefined
  /** Folder that others read from; default: `uploadUrl`. */
  readonly downloadUrl?: string | undefined
  /** Headers of uploads, such as an authorization; never sent with downloads. */
  readonly uploadHeaders?: Readonly<Record<string, string>> | undefined
}

/**
 * A storage that puts files by HTTP PUT, and reads from wherever a message points.
 * `fetch` does not tell how far an upload is: its progress is all or nothing.
 */
export function createHttpAttachmentStorage(
  options: HttpAttachmentStorageOptions,
): AttachmentStorage {
  return {
    put: (bytes, transfer = {}) => put(options, bytes, transfer),
    get: (url, download) => get(options.fetch, url, download),
  }
}

async function put(
  options: HttpAttachmentStorageOptions,
  bytes: Uint8Array,
  { signal, onProgress }: TransferOptions,
): Promise<string> {
  const { uploadUrl, downloadUrl = uploadUrl } = options
  if (uploadUrl === undefined || downloadUrl === undefined) {
    throw new UsageError(
      'attachment/no-upload-url',
      'Upload attachment: the storage was made without uploadUrl',
    )
  }
  const name = toHex(options.randomBytes(nameBytes))
  const init = {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream', ...options.uploadHeaders },
    // A copy, because a view may end before its buffer does.
    body: Uint8Array.from(bytes),
  }
  const response = await request(options.fetch, inFolder(uploadUrl, name), { ...init, signal })
  release(response)
  if (!response.ok) throw refused(response.status)
  onProgress?.({ transferredBytes: bytes.length, totalBytes: bytes.length })
  return inFolder(downloadUrl, name)
}

async function get(
  fetch: typeof globalThis.fetch,
  url: string,
  options: DownloadOptions,
): Promise<Uint8Array> {
  requireAllowed(requireWebUrl(url), options)
  const response = await request(fetch, url, { signal: options.signal })
  try {
    // A server may send the reader elsewhere.
    if (response.url !== '') requireAllowed(response.url, options)
    if (missingStatuses.has(response.status)) throw fileNotFound()
    if (!response.ok) throw refused(response.status)
    return await body(response, options)
  } catch (error) {
    release(response)
    throw failure(error, options.signal)
  }
}

function requireAllowed(url: string, { allowHttp = false }: DownloadOptions): void {
  if (!allowHttp && !isSecureUrl(url)) throw insecureUrl()
}

async function request(
  fetch: typeof globalThis.fetch,
  url: string,
  init: Omit<RequestInit, 'signal'> & { readonly signal: AbortSignal | undefined },
): Promise<Response> {
  const { signal, ...rest } = init
  requireWanted(signal)
  try {
    // Whoever keeps the file learns no more than that somebody fetches it.
    return await fetch(url, {
      ...rest,
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal: signal ?? null,
    })
  } catch (error) {
    throw failure(error, signal)
  }
}

async function body(response: Response, options: DownloadOptions): Promise<Uint8Array> {
  const { maxBytes, onProgress } = options
  const totalBytes = statedLength(response)
  if (totalBytes !== undefined && totalBytes > maxBytes) throw tooBig(maxBytes)
  const parts: Uint8Array[] = []
  let transferredBytes = 0
  for await (const part of partsOf(response)) {
    transferredBytes += part.length
    if (transferredBytes > maxBytes) throw tooBig(maxBytes)
    parts.push(part)
    onProgress?.({ transferredBytes, totalBytes })
  }
  return joined(parts, transferredBytes)
}

async function* partsOf(response: Response): AsyncGenerator<Uint8Array> {
  // React Native has no body streams.
  if (!response.body) return yield new Uint8Array(await response.arrayBuffer())
  // Not `for await`: streams of some browsers cannot be iterated.
  const reader = response.body.getReader()
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
  } finally {
    // Nothing more is read; how the stream takes it is of no interest.
    reader.cancel().catch(() => undefined)
  }
}

// A server chooses how many parts there are: too many to be arguments of one call.
function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

// The length of a body that is sent compressed is another one.
function statedLength({ headers }: Response): number | undefined {
  const text = headers.get('content-length')
  if (text === null || headers.has('content-encoding') || !/^\d{1,15}$/.test(text)) return undefined
  return Number(text)
}

function release(response: Response): void {
  if (response.body?.locked === false) response.body.cancel().catch(() => undefined)
}

function failure(error: unknown, signal: AbortSignal | undefined): ProtocolError {
  if (error instanceof ProtocolError) return error
  return signal?.aborted ? transferCancelled() : unreachable(error)
}

function inFolder(folder: string, name: string): string {
  return folder.endsWith('/') ? folder + name : `${folder}/${name}`
}
