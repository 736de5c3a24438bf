// Plain text.

import { toUtf8 } from '@posthorn/bytes'
import { textType } from '@posthorn/content'
import { CodecError } from '@posthorn/errors'
import type { ContentCodec, EncodedContent } from './codec.ts'
import { ContentTypeId } from './content-type-id.ts'

const encoding = 'UTF-8'

/** `xmtp.org/text:1.0`, what content is unless `contentType` says otherwise. */
export const ContentTypeText: ContentTypeId = new ContentTypeId(textType)

/** The codec of plain text. Reads as published clients do: U+FFFD for what is no UTF-8, no leading U+FEFF. */
export class TextCodec implements ContentCodec<string> {
  get contentType(): ContentTypeId {
    return ContentTypeText
  }

  encode(content: string): EncodedContent {
    return { type: ContentTypeText, parameters: { encoding }, content: toUtf8(content) }
  }

  decode({ parameters, content }: EncodedContent): string {
    const given = parameters['encoding']
    if (given === encoding) return new TextDecoder().decode(content)
    throw new CodecError(
      'compat/unknown-encoding',
      `Decode text: its encoding is ${given === undefined ? 'missing' : 'another one'}, wanted ${encoding}`,
    )
  }

  fallback(): string | undefined {
    return undefined
  }

  shouldPush(): boolean {
    return true
  }
}
