// The name of a kind of content: `authority/type:major.minor` (XIP-5).

import { CodecError } from '@posthorn/errors'

/** Identifier of a content type, for instance `xmtp.org/text:1.0`. */
export type ContentTypeId = {
  /** Who defined the type, usually a domain name. */
  readonly authorityId: string
  readonly typeId: string
  /** Readers of a lower major version cannot read the content. */
  readonly versionMajor: number
  readonly versionMinor: number
}

/** `authority/type:major.minor`. */
export function formatContentType(id: ContentTypeId): string {
  return `${id.authorityId}/${id.typeId}:${id.versionMajor}.${id.versionMinor}`
}

/**
 * The content type that a text such as `xmtp.org/text:1.0` names.
 *
 * @throws CodecError `content/bad-content-type`
 */
export function parseContentType(text: string): ContentTypeId {
  const parts = /^([^/]+)\/([^:]+):(\d{1,9})\.(\d{1,9})$/.exec(text)
  if (parts === null) {
    throw new CodecError(
      'content/bad-content-type',
      `Parse content type: found ${text.length} characters, expected authority/type:major.minor`,
    )
  }
  const [, authorityId = '', typeId = '', major, minor] = parts
  return { authorityId, typeId, versionMajor: Number(major), versionMinor: Number(minor) }
}

/** Whether two identifiers name the same type, whatever their versions. */
export function sameContentType(a: ContentTypeId, b: ContentTypeId): boolean {
  return a.authorityId === b.authorityId && a.typeId === b.typeId
}

/** Whether two identifiers name the same type in the same version. */
export function equalContentTypes(a: ContentTypeId, b: ContentTypeId): boolean {
  return (
    sameContentType(a, b) && a.versionMajor === b.versionMajor && a.versionMinor === b.versionMinor
  )
}
