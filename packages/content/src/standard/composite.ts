// xmtp.org/composite:1.0 (XIP-9): several contents in one message.

import { decode, encode, Composite as WireComposite } from '@posthorn/wire'
import type { CodecRegistry, ContentCodec } from '../codec.ts'
import { decodeNested, encodeNested, maxNestedDepth } from '../codec-registry.ts'
import type { ContentTypeId } from '../content-type.ts'
import { fromWireContent, toWireContent } from '../encoded-content.ts'
import { badField } from './fields.ts'

/** How many contents and groups a composite may hold, all levels together. */
export const maxCompositeParts = 1_000

/** One content of a composite, or a group of them. */
export type CompositePart =
  | { readonly kind: 'part'; readonly contentType: ContentTypeId; readonly content: unknown }
  | { readonly kind: 'composite'; readonly parts: readonly CompositePart[] }

/** Several contents in the order to show them. */
export type Composite = { readonly parts: readonly CompositePart[] }

/** `xmtp.org/composite:1.0`. */
export const compositeType: ContentTypeId = {
  authorityId: 'xmtp.org',
  typeId: 'composite',
  versionMajor: 1,
  versionMinor: 0,
}

/** Codec of composites. Decoding throws when any part cannot be decoded. */
export const compositeCodec: ContentCodec<Composite> = {
  contentType: compositeType,
  encode: ({ parts }, registry) => ({
    type: compositeType,
    parameters: {},
    content: encode(WireComposite, toWire(parts, registry)),
  }),
  decode: ({ content }, registry) => ({
    parts: fromWire(decode(WireComposite, content, 'Composite'), {
      registry,
      depth: registry.depth ?? 0,
      budget: { parts: maxCompositeParts },
    }),
  }),
  fallback: () => undefined,
  shouldPush: () => true,
}

function toWire(parts: readonly CompositePart[], registry: CodecRegistry): WireComposite {
  return {
    parts: parts.map((part) => ({
      element:
        part.kind === 'composite'
          ? { $case: 'composite', value: toWire(part.parts, registry) }
          : {
              $case: 'part',
              value: toWireContent(encodeNested(part.contentType, part.content, registry)),
            },
    })),
  }
}

type Reading = {
  readonly registry: CodecRegistry
  readonly depth: number
  /** Shared by all levels. */
  readonly budget: { parts: number }
}

function fromWire(wire: WireComposite, reading: Reading): CompositePart[] {
  const { registry, depth, budget } = reading
  if (depth > maxNestedDepth) throw badField('composite', `at most ${maxNestedDepth} levels deep`)
  budget.parts -= wire.parts.length
  if (budget.parts < 0) throw badField('composite', `at most ${maxCompositeParts} parts`)
  return wire.parts.map(({ element }) => {
    if (element === undefined) throw badField('part', 'content or a composite')
    if (element.$case === 'composite') {
      return { kind: 'composite', parts: fromWire(element.value, { ...reading, depth: depth + 1 }) }
    }
    const encoded = fromWireContent(element.value)
    return {
      kind: 'part',
      contentType: encoded.type,
      content: decodeNested(encoded, registry),
    }
  })
}
