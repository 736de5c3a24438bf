// Every standard codec, by the type names that vectors use.

import { type CodecRegistry, codecRegistry, standardCodecs } from '@posthorn/content'

/** A registry of all standard codecs. */
export const registry: CodecRegistry = codecRegistry(standardCodecs)
