// ENSIP-15: one spelling for each name, and none for those that are made to be mistaken for others.

import { ValidationError } from '@posthorn/errors'
import { normalize } from 'viem/ens'
import { invalidName } from '../names-errors.ts'

/**
 * The normalized form of an ENS name.
 *
 * @throws ValidationError `names/confusable-name` for a label that mixes scripts or reads like one of another
 * script, `names/invalid-name` for all else that ENSIP-15 refuses
 */
export function normalizeName(name: string): string {
  try {
    return normalize(name)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : ''
    if (/illegal mixture|whole-script confusable/.test(reason)) {
      throw new ValidationError(
        'names/confusable-name',
        'Resolve name: found letters that are easily taken for others, wanted letters of one script',
        { cause },
      )
    }
    throw invalidName(found(reason), 'a name that ENSIP-15 allows')
  }
}

// The library's own words quote the name, which does not belong into a log.
function found(reason: string): string {
  if (reason.includes('empty label')) return 'an empty label'
  if (reason.includes('disallowed character')) return 'a character that is not allowed'
  return 'a label that breaks a rule'
}
