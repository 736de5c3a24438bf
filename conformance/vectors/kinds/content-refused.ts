// content_refused: encoded content that is not what its type demands.

import { decodeContent } from '@posthorn/content'
import type { Checker } from '../checker.ts'
import { registry } from '../content-codecs.ts'
import { bytesField } from '../fields.ts'

/** Checks that it is told apart, and thrown by nobody. */
export const contentRefused: Checker = {
  async compute({ input }) {
    const incoming = await decodeContent(registry, bytesField(input, 'encoded_content'))
    return { accepted: incoming.kind === 'decoded' }
  },
}
