// Records as JSON that other programs read: times are decimal strings, bytes are base64.

import { fromBase64, toBase64 } from '@posthorn/bytes'
import { type LocalRecord, recordKinds } from '../local-record.ts'

type Fields = Record<string, unknown>

const timeField = /Ns$/
const bytesFields = new Set(['keyMaterial', 'content', 'extra', 'message'])

/** One line, without its end. */
export function recordToLine({ kind, record }: LocalRecord): string {
  return JSON.stringify({ kind, ...fieldsToJson(record as Fields) })
}

function fieldsToJson(fields: Fields): Fields {
  return mapFields(fields, (name, value) => {
    if (typeof value === 'bigint') return String(value)
    if (value instanceof Uint8Array) return toBase64(value)
    if (name === 'envelopes') return (value as Fields[]).map(fieldsToJson)
    if (name === 'message') return fieldsToJson(value as Fields)
    return value
  })
}

/** What {@link recordToLine} wrote; undefined for anything else. */
export function recordFromLine(line: string): LocalRecord | undefined {
  try {
    const { kind, ...fields } = JSON.parse(line) as Fields
    if (!(recordKinds as readonly unknown[]).includes(kind)) return undefined
    return { kind, record: fieldsFromJson(fields) } as unknown as LocalRecord
  } catch {
    return undefined
  }
}

function fieldsFromJson(fields: Fields): Fields {
  return mapFields(fields, (name, value) => {
    if (timeField.test(name)) return BigInt(value as string)
    // In the outbox a message is a record, in an envelope it is bytes.
    if (name === 'message' && typeof value === 'object') return fieldsFromJson(value as Fields)
    if (bytesFields.has(name)) return fromBase64(value as string)
    if (name === 'envelopes') return (value as Fields[]).map(fieldsFromJson)
    return value
  })
}

function mapFields(fields: Fields, change: (name: string, value: unknown) => unknown): Fields {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, change(name, value)]),
  )
}
