import { UsageError } from '@posthorn/errors'

/**
 * The whole number, 1 or more, that an option was given.
 *
 * @throws UsageError `cli/bad-count`
 */
export function parseCount(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new UsageError(
    'cli/bad-count',
    `Read number: found ${JSON.stringify(text)}, wanted a whole number from 1`,
  )
}
