// What is sent in one conversation: chosen by chance that repeats, and by nothing else.

import {
  type ContentTypeId,
  type EncodedContent,
  equalContentTypes,
  textType,
} from '@posthorn/content'
import { type SeededRandom, seededRandom } from '@posthorn/testing'
import fc from 'fast-check'
import { arbitraryContent } from '../content-types/arbitrary-content.ts'
import { peerCodecs } from '../content-types/peers.ts'
import { type Junk, planJunk } from './junk.ts'

/** Whose client does something. */
export type Side = 'ours' | 'published'

/** A message to be sent. */
export type PlannedMessage = {
  readonly by: Side
  /** Type of content, or `carried` for content that is encoded already. */
  readonly kind: string
  readonly content: unknown
  readonly compression: 'deflate' | 'gzip' | undefined
  readonly timestamp: Date | undefined
  readonly isEphemeral: boolean
  /** Whether it is sealed first and sent then, in two calls. */
  readonly isPrepared: boolean
  /** What a stranger writes onto its topic just before it. */
  readonly junk: Junk | undefined
}

/** A conversation to be held. */
export type Plan = {
  readonly seed: number
  readonly version: 'v1' | 'v2'
  readonly begunBy: Side
  readonly context: PlannedContext | undefined
  /** Whether one of our clients is opened so that it differs, which has to be found. */
  readonly isPlanted: boolean
  /** The first one is a text by who begins. */
  readonly messages: readonly PlannedMessage[]
}

type PlannedContext = {
  readonly conversationId: string
  readonly metadata: Readonly<Record<string, string>>
}

/** Content of this type is written as what it holds: an encoded content of any type. */
export const carrierType: ContentTypeId = {
  ...textType,
  authorityId: 'posthorn',
  typeId: 'carrier',
}

const kinds = [
  'text',
  'text',
  'text',
  'odd text',
  'odd text',
  'long text',
  'markdown',
  'reaction',
  'reply',
  'readReceipt',
  'attachment',
  'remoteStaticAttachment',
  'transactionReference',
  'walletSendCalls',
  'carried',
] as const

// Texts that programs stumble over: joined, turned around, combined, cut in half, empty, nothing but controls.
const oddTexts = [
  '',
  '\0',
  '\u200B',
  '\uFFFD\uFFFE\uFFFF',
  'x\uFEFFy',
  '👩‍👩‍👧‍👦🏳️‍🌈🇺🇳',
  '\u202Eabc\u202C',
  'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L',
  'e\u0301 é',
  '\uD83D half',
  'half \uDE00',
  '\r\n\t\v\f\u0085\u2028',
  '﷽𒐫',
  '<b>&amp;"\'\\u0041%00',
  '__proto__',
  '𝒳'.repeat(200),
]

const unknownContent: fc.Arbitrary<EncodedContent> = fc.record(
  {
    type: fc.record({
      authorityId: fc.constantFrom('example.org', 'xmtp.org', 'ex ample'),
      typeId: fc.constantFrom('poll', 'unheard-of', 'Reaction'),
      versionMajor: fc.nat({ max: 70_000 }),
      versionMinor: fc.nat({ max: 3 }),
    }),
    parameters: fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), fc.string(), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
    content: fc.uint8Array({ maxLength: 60 }),
    fallback: fc.constantFrom('instead', 'Ünïcode ☂', ' '),
  },
  { requiredKeys: ['type', 'parameters', 'content'] },
)

// A later major version of what both know, and a text that neither reads.
const refusedContent: fc.Arbitrary<EncodedContent> = fc.constantFrom(
  {
    type: { ...textType, versionMajor: 2 },
    parameters: { encoding: 'UTF-8' },
    content: Uint8Array.of(104, 105),
    fallback: 'a later text',
  },
  {
    type: textType,
    parameters: { encoding: 'latin1' },
    content: Uint8Array.of(104, 105),
  },
  { type: textType, parameters: {}, content: Uint8Array.of(104, 105) },
)

const contentOfKind: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  ...arbitraryContent,
  'odd text': fc.constantFrom(...oddTexts),
  'long text': fc.nat({ max: 4_000 }).map((length) => 'long ☕ '.repeat(length / 7)),
  carried: fc.oneof(unknownContent, unknownContent, refusedContent),
}

/** What is asked of a plan. */
export type PlanRequest = Pick<Plan, 'seed' | 'isPlanted'> & { readonly count: number }

/** The plan of a conversation of `count` messages, half of them by each side. */
export function planConversation({ seed, count, isPlanted }: PlanRequest): Plan {
  const random = seededRandom(seed)
  const version = random.unit() < 0.3 ? 'v1' : 'v2'
  const begunBy = random.unit() < 0.5 ? 'ours' : 'published'
  const contents = new Map<string, unknown[]>()
  for (const kind of kinds) {
    const arbitrary = contentOfKind[kind] ?? fc.constant('')
    contents.set(kind, fc.sample(arbitrary, { numRuns: count, seed: seed + contents.size }))
  }
  // Of its own, so that what it decides moves nothing else.
  const aside = seededRandom(~seed)
  const sides = shuffledSides(random, count, begunBy)
  const messages = sides.map((by, index): PlannedMessage => {
    if (index === 0) return { ...plainText, by }
    const kind = pick(random, kinds)
    const content = contents.get(kind)?.pop()
    const [isPrepared, junk] = [aside.unit() < preparedShare, planJunk(aside)]
    return { by, kind, content, ...manner(random, kind, content), isPrepared, junk }
  })
  const context = contextOf(random, version)
  return { seed, isPlanted, version, begunBy, context, messages }
}

/** Whether readers have to give the content of what is carried back: of nothing that is made here. */
export function isRead({ kind, content }: PlannedMessage): boolean {
  if (kind !== 'carried') return true
  const { type, parameters } = content as EncodedContent
  return !equalContentTypes(type, textType) || parameters['encoding'] === 'UTF-8'
}

const plainText = {
  kind: 'text',
  content: 'first',
  compression: undefined,
  timestamp: undefined,
  isEphemeral: false,
  isPrepared: false,
  junk: undefined,
} as const

const preparedShare = 0.2

// Published readers drop what expands to more than this.
const maxCompressedBytes = 1_000
const minCompressedBytes = 10
const firstTimestampMs = Date.UTC(2023, 5, 1)
// Few enough that some messages have the same time.
const timestamps = 200

function manner(
  random: SeededRandom,
  kind: string,
  content: unknown,
): Pick<PlannedMessage, 'compression' | 'timestamp' | 'isEphemeral'> {
  const mayCompress = isCompressible(kind, content)
  const compressed = random.unit()
  const compression = compressed < 0.15 ? 'deflate' : compressed < 0.3 ? 'gzip' : undefined
  const isDated = random.unit() < 0.25
  const at = firstTimestampMs + Math.floor(random.unit() * timestamps) * 3_333
  return {
    compression: mayCompress ? compression : undefined,
    timestamp: isDated ? new Date(at) : undefined,
    isEphemeral: random.unit() < 0.1,
  }
}

function isCompressible(kind: string, content: unknown): boolean {
  const codec = peerCodecs[kind.replace(/^.* text$/, 'text')]
  if (codec === undefined || kind === 'reply') return false
  const { length } = codec.encode(content, { codecFor: () => undefined }).content
  return length >= minCompressedBytes && length <= maxCompressedBytes
}

function contextOf(random: SeededRandom, version: 'v1' | 'v2'): PlannedContext | undefined {
  if (version === 'v1' || random.unit() < 0.5) return undefined
  const number = Math.floor(random.unit() * 1e9)
  const metadata = random.unit() < 0.5 ? {} : { title: `№ ${number}`, 'a.b': '☂', empty: '' }
  return { conversationId: `example.org/${number}`, metadata }
}

function shuffledSides(random: SeededRandom, count: number, first: Side): Side[] {
  const other = first === 'ours' ? 'published' : 'ours'
  const rest: Side[] = Array.from({ length: count - 1 }, (_, n) => (n % 2 === 0 ? other : first))
  const keyed = rest.map((side) => [random.unit(), side] as const).sort(([a], [b]) => a - b)
  return [first, ...keyed.map(([, side]) => side)]
}

function pick<T>(random: SeededRandom, items: readonly [T, ...T[]]): T {
  return items[Math.floor(random.unit() * items.length)] ?? items[0]
}
