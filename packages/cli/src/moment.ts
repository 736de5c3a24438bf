// Times as people type them.

import { UsageError } from '@posthorn/errors'

const unitMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/**
 * The moment that a text names: `2026-11-22`, `2026-11-22T14:03:00Z`, or an age such as `90s`, `15m`,
 * `2h`, `3d`, `1w` before `now`. A date without a zone is in the zone of this machine.
 *
 * @throws UsageError `cli/bad-time`
 */
export function parseMoment(text: string, now: Date): Date {
  const age = /^(\d{1,9})([smhdw])$/.exec(text)
  if (age !== null) {
    return checked(new Date(now.getTime() - Number(age[1]) * (unitMs[age[2] ?? ''] ?? 0)), text)
  }
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return checked(new Date(Number.NaN), text)
  const isDateOnly = /^\d{4}-\d{2}-\d{2}$/.test(text)
  return checked(new Date(isDateOnly ? `${text}T00:00:00` : text), text)
}

/** Date and time in the zone of this machine: `2026-11-22 14:03:04`. */
export function formatMoment(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

function checked(date: Date, text: string): Date {
  if (!Number.isNaN(date.getTime())) return date
  throw new UsageError(
    'cli/bad-time',
    `Read time: found ${JSON.stringify(text)}, wanted a date such as 2026-11-22 or an age such as 2h or 3d`,
  )
}
