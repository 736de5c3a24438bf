// content: a value and its type -> the encoded content.

import { fromHex, toHex } from '@posthorn/bytes'
import {
  type ContentTypeId,
  decodeContent,
  decodeEncodedContent,
  encodeContent,
  formatContentType,
  parseContentType,
} from '@posthorn/content'
import { CodecError } from '@posthorn/errors'
import type { Checker } from '../checker.ts'
import { difference } from '../compare.ts'
import { registry } from '../content-codecs.ts'
import { type Fields, isFields, type Json, objectField, textField } from '../fields.ts'
import { toJson } from '../json-value.ts'

// Fields that hold bytes, by type.
const bytesFields: Readonly<Record<string, readonly string[]>> = {
  attachment: ['data'],
  remoteStaticAttachment: ['salt', 'nonce', 'secret'],
}

/** Checks content in both directions. */
export const content: Checker = {
  async compute({ input, expect }) {
    // The type is only told by the expectation.
    const contentType = parseContentType(textField(expect, 'type'))
    const given = input['content'] ?? null
    const value = fromJson(given, contentType)
    const { bytes, shouldPush } = await encodeContent(registry, value, { contentType })
    const incoming = await decodeContent(registry, bytes)
    if (incoming.kind !== 'decoded') throw incoming.error
    const changed = difference(toJson(incoming.content), given, 'decoded content')
    if (changed !== undefined) throw new CodecError('vectors/not-reproduced', changed)
    const encoded = decodeEncodedContent(bytes)
    return {
      type: formatContentType(encoded.type),
      parameters: encoded.parameters,
      fallback: encoded.fallback ?? null,
      // Not every package says so.
      ...('should_push' in expect ? { should_push: shouldPush } : {}),
      content_bytes: toHex(encoded.content),
      encoded_content: toHex(bytes),
    }
  },
}

function fromJson(given: Json, { typeId }: ContentTypeId): unknown {
  if (!isFields(given)) return given
  const value: Record<string, unknown> = { ...given }
  for (const name of bytesFields[typeId] ?? []) value[name] = fromHex(textField(given, name))
  if (typeId === 'multiRemoteStaticAttachment') value['attachments'] = attachmentsOf(given)
  if (typeId === 'reply') value['content'] = innerOf(given)
  return value
}

function attachmentsOf(given: Fields): unknown {
  const type = {
    authorityId: '',
    typeId: 'remoteStaticAttachment',
    versionMajor: 0,
    versionMinor: 0,
  }
  const { attachments } = given
  return Array.isArray(attachments) ? attachments.map((each) => fromJson(each, type)) : attachments
}

function innerOf(reply: Fields): unknown {
  const typeId = textField(objectField(reply, 'contentType'), 'typeId')
  const type = { authorityId: '', typeId, versionMajor: 0, versionMinor: 0 }
  return fromJson(reply['content'] ?? null, type)
}
