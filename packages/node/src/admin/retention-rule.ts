// How long envelopes are kept, by kind of topic: settings `retention/v2-conversation` of `{ "days": 90 }`.

import type { TopicCategory } from '@posthorn/envelope'
import { ValidationError } from '@posthorn/errors'
import type { SettingValue } from '@posthorn/store'

/** One rule. */
export type RetentionRule = { readonly category: TopicCategory; readonly days: number }

/** What the keys of rules begin with. */
export const retentionPrefix = 'retention/'

const isStored: Readonly<Record<TopicCategory, boolean>> = {
  contact: true,
  'v1-intro': true,
  'v1-conversation': true,
  'v1-conversation-ephemeral': false,
  'v2-invite': true,
  'v2-group-invite': true,
  'v2-conversation': true,
  'v2-conversation-ephemeral': false,
  private: true,
  userpreferences: true,
  test: true,
  invalid: true,
}
const categories = (Object.keys(isStored) as TopicCategory[]).filter((each) => isStored[each])
const maxDays = 36_500
const nsPerDay = 86_400_000_000_000n

/**
 * The rule that a setting is.
 *
 * @throws ValidationError `retention/bad-category`, `retention/bad-days`
 */
export function readRetentionRule(key: string, value: unknown): RetentionRule {
  const name = key.slice(retentionPrefix.length)
  const category = categories.find((each) => each === name)
  if (category === undefined) {
    throw new ValidationError(
      'retention/bad-category',
      `Read retention: the kind of topic is not known, expected one of ${categories.join(', ')}`,
    )
  }
  const days: unknown =
    typeof value === 'object' && value !== null && 'days' in value ? value.days : value
  if (typeof days === 'number' && Number.isInteger(days) && days >= 1 && days <= maxDays) {
    return { category, days }
  }
  throw new ValidationError(
    'retention/bad-days',
    `Read retention: found another value, expected days as an integer from 1 to ${maxDays}`,
  )
}

/** The rules among settings; those that cannot be read are left out, so that nothing is deleted by them. */
export function retentionRules(values: ReadonlyMap<string, SettingValue>): RetentionRule[] {
  const rules: RetentionRule[] = []
  for (const [key, value] of values) {
    if (!key.startsWith(retentionPrefix)) continue
    try {
      rules.push(readRetentionRule(key, value))
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error
    }
  }
  return rules
}

/** What a rule keeps was stored from here on. */
export function keptSinceNs({ days }: RetentionRule, nowNs: bigint): bigint {
  return nowNs - BigInt(days) * nsPerDay
}
