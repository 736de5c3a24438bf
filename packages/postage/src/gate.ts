// The lists and the limits, put to the question: may this caller do this now?

import { topicCategory, topicOwner } from '@posthorn/envelope'
import { AdmissionError } from '@posthorn/errors'
import type { AccessPolicy, Caller, Verdict } from './access-policy.ts'
import type { Power } from './access-setting.ts'
import { blockText, clientBlockOf } from './address-block.ts'
import type { AdmissionRequest } from './admission.ts'
import { type IpAddress, parseIpAddress } from './ip-address.ts'
import { type Limit, type LimitName, timesLimit } from './limit.ts'
import type { Charge, RateLimiter, Shortage } from './rate-limiter.ts'
import { accountKey } from './subject.ts'

/** What a gate is made of. */
export type GateParts = {
  /** The rules as they are now. */
  readonly policy: () => AccessPolicy
  /** Undefined when nothing is limited. */
  readonly limiter: RateLimiter | undefined
  /** Time that never goes back. */
  readonly nowMs: () => number
}

/** Judges by lists and limits. Each of its functions throws the refusal. */
export type Gate = {
  /** @throws AdmissionError `postage/denied`, `postage/not-listed`, `rate/exceeded`, `rate/over-burst` */
  admitPublish(request: AdmissionRequest): void
  /**
   * Admits `cost` queries or opened streams; 0 asks whether the client may do anything at all.
   *
   * @throws AdmissionError `postage/denied`, `rate/exceeded`, `rate/over-burst`
   */
  admitRead(remoteAddress: string | undefined, cost: number): void
  /** Whether the client may no longer read, so that its streams have to end. */
  isShutOut(remoteAddress: string | undefined): boolean
}

/** A client's address and the block that it is counted by. */
type Place = { readonly address: IpAddress | undefined; readonly block: string }

const maxRememberedPlaces = 1_024
const nowhere: Place = { address: undefined, block: 'unknown' }

/** Creates a gate. */
export function createGate({ policy, limiter, nowMs }: GateParts): Gate {
  const placeOf = createPlaces()

  const spend = (charges: readonly Charge[], action: string): void => {
    const shortage = limiter?.take(charges, nowMs())
    if (shortage !== undefined) throw exceeded(shortage, action)
  }
  const gradeOf = (caller: Caller): Grade => {
    const rules = policy()
    const isPrivileged = rules.isPrivileged(caller)
    return { name: isPrivileged ? 'P' : 'R', factor: isPrivileged ? rules.privilegedFactor : 1 }
  }

  return {
    admitPublish: ({ envelopes, address, remoteAddress }) => {
      const rules = policy()
      const place = placeOf(remoteAddress)
      const account = address === undefined ? undefined : accountKey(address)
      const caller = { account, address: place.address }
      const counts = countByLimit(envelopes, rules)
      for (const power of powersOf(counts)) checkVerdict(rules.judge(power, caller), power)
      if (limiter === undefined) return
      const who = account === undefined ? [place.block] : [place.block, account]
      const grade = gradeOf(caller)
      const charges: Charge[] = []
      for (const [name, cost] of counts) {
        for (const each of who) charges.push(chargeOf({ rules, name, who: each, cost }, grade))
      }
      spend(charges, 'Publish')
    },
    admitRead: (remoteAddress, cost) => {
      const rules = policy()
      const { address, block } = placeOf(remoteAddress)
      if (address !== undefined && rules.isShutOut(address)) throw shutOut()
      if (limiter === undefined) return
      const caller = { account: undefined, address }
      spend([chargeOf({ rules, name: 'read', who: block, cost }, gradeOf(caller))], 'Read')
    },
    isShutOut: (remoteAddress) => {
      const { address } = placeOf(remoteAddress)
      return address !== undefined && policy().isShutOut(address)
    },
  }
}

/** The refusal of a client whose address is denied, to end its streams with. */
export function shutOut(): AdmissionError {
  return new AdmissionError(
    'postage/denied',
    'Read: the address is deny listed by the operator, expected another',
  )
}

type Counts = ReadonlyMap<LimitName, number>

function countByLimit(envelopes: AdmissionRequest['envelopes'], rules: AccessPolicy): Counts {
  const counts = new Map<LimitName, number>()
  for (const { contentTopic } of envelopes) {
    const name = limitNameOf(contentTopic, rules)
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}

function limitNameOf(topic: string, { limits, hasTopicLimits }: AccessPolicy): LimitName {
  if (topicOwner(topic) !== undefined) return 'register'
  if (!hasTopicLimits) return 'publish'
  const name = `publish/${topicCategory(topic)}` as const
  return limits[name] === undefined ? 'publish' : name
}

// A publish of nothing is a publish all the same.
function powersOf(counts: Counts): readonly Power[] {
  if (!counts.has('register')) return ['publish']
  return counts.size === 1 ? ['register'] : ['register', 'publish']
}

type Grade = { readonly name: string; readonly factor: number }

type Spending = {
  readonly rules: AccessPolicy
  readonly name: LimitName
  readonly who: string
  readonly cost: number
}

// Privileged clients have buckets of their own: they may share an address with others.
function chargeOf({ rules, name, who, cost }: Spending, { name: grade, factor }: Grade): Charge {
  const limit = rules.limits[name] ?? rules.limits.publish
  const whole: Limit = factor === 1 ? limit : timesLimit(limit, factor)
  return { key: `${grade} ${name} ${who}`, limit: whole, cost }
}

// Parsing takes longer than the rest of the judgement, and connections make many calls.
function createPlaces(): (remoteAddress: string | undefined) => Place {
  const remembered = new Map<string, Place>()
  return (remoteAddress) => {
    if (remoteAddress === undefined) return nowhere
    const known = remembered.get(remoteAddress)
    if (known !== undefined) return known
    const address = parseIpAddress(remoteAddress)
    const place =
      address === undefined ? nowhere : { address, block: blockText(clientBlockOf(address)) }
    if (remembered.size >= maxRememberedPlaces) remembered.clear()
    remembered.set(remoteAddress, place)
    return place
  }
}

const listedFor: Readonly<Record<Power, string>> = {
  register: 'for registering keys',
  publish: 'for sending messages',
}

function checkVerdict(verdict: Verdict, power: Power): void {
  switch (verdict) {
    case 'granted':
      return
    case 'denied-account':
      throw new AdmissionError(
        'postage/denied',
        'Publish: wallet is deny listed by the operator, expected another account',
      )
    case 'denied-address':
      throw new AdmissionError(
        'postage/denied',
        'Publish: the address is deny listed by the operator, expected another',
      )
    case 'not-listed':
      throw new AdmissionError(
        'postage/not-listed',
        `Publish: neither the account nor the address is on the allow list ${listedFor[power]}, ask the operator for a place on it`,
      )
  }
}

function exceeded({ charge, retryAfterMs }: Shortage, action: string): AdmissionError {
  const { burst, perMinute } = charge.limit
  const allowed = `${burst} at once and ${perMinute} a minute`
  if (retryAfterMs === undefined) {
    return new AdmissionError(
      'rate/over-burst',
      `${action}: exceeds rate limit: ${charge.cost} in one call, expected ${allowed} at most`,
      { details: { burst, perMinute } },
    )
  }
  return new AdmissionError(
    'rate/exceeded',
    `${action}: exceeds rate limit: expected ${allowed}, try again in ${retryAfterMs} ms`,
    { retryAfterMs, details: { burst, perMinute } },
  )
}
