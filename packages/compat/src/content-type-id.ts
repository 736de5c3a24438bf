// The name of a kind of content, as codecs of the published packages make it.

import { type ContentTypeId as Data, formatContentType, parseContentType } from '@posthorn/content'

/** Identifier of a content type. */
export class ContentTypeId {
  authorityId: string
  typeId: string
  versionMajor: number
  versionMinor: number

  constructor(id: Data) {
    this.authorityId = id.authorityId
    this.typeId = id.typeId
    this.versionMajor = id.versionMajor
    this.versionMinor = id.versionMinor
  }

  /** Of a text such as `xmtp.org/text:1.0`. @throws CodecError `content/bad-content-type` */
  static fromString(text: string): ContentTypeId {
    return new ContentTypeId(parseContentType(text))
  }

  toString(): string {
    return formatContentType(this)
  }

  /** Whether both name the same type, whatever their versions. */
  sameAs(id: Pick<Data, 'authorityId' | 'typeId'>): boolean {
    return this.authorityId === id.authorityId && this.typeId === id.typeId
  }
}
