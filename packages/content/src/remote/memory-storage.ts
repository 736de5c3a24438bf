// Storage in memory: for tests and demonstrations, gone with the process.

import type { AttachmentStorage } from './attachment-storage.ts'
import { fileNotFound, requireWanted, tooBig } from './storage-errors.ts'

/** A storage that keeps files in memory, under addresses that lead nowhere else (RFC 2606). */
export function createMemoryAttachmentStorage(): AttachmentStorage {
  const files = new Map<string, Uint8Array>()
  return {
    put: async (bytes, { signal, onProgress } = {}) => {
      requireWanted(signal)
      const url = `https://attachments.invalid/${files.size + 1}`
      files.set(url, Uint8Array.from(bytes))
      onProgress?.({ transferredBytes: bytes.length, totalBytes: bytes.length })
      return url
    },
    get: async (url, { signal, onProgress, maxBytes }) => {
      requireWanted(signal)
      const bytes = files.get(url)
      if (bytes === undefined) throw fileNotFound()
      if (bytes.length > maxBytes) throw tooBig(maxBytes)
      onProgress?.({ transferredBytes: bytes.length, totalBytes: bytes.length })
      return Uint8Array.from(bytes)
    },
  }
}
