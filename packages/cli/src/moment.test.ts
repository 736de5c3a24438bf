import { describe, expect, test } from 'vitest'
import { formatMoment, parseMoment } from './moment.ts'

const now = new Date('2026-11-22T12:00:00.000Z')

describe('parseMoment', () => {
  test.each([
    ['90s', '2026-11-22T11:58:30.000Z'],
    ['15m', '2026-11-22T11:45:00.000Z'],
    ['2h', '2026-11-22T10:00:00.000Z'],
    ['3d', '2026-11-19T12:00:00.000Z'],
    ['1w', '2026-11-15T12:00:00.000Z'],
    ['2026-11-20T10:00:00Z', '2026-11-20T10:00:00.000Z'],
    ['2026-11-20T10:00:00+02:00', '2026-11-20T08:00:00.000Z'],
  ])('%s names %s', (text, expected) => {
    expect(parseMoment(text, now).toISOString()).toBe(expected)
  })

  test('a date alone names its midnight in the zone of this machine', () => {
    expect(parseMoment('2026-11-20', now)).toEqual(new Date(2026, 10, 20))
  })

  test.each(['', 'soon', '5', '5y', '-2h', '2026', '2026-13-01', '2026-11-20T25:00', '999999999w'])(
    'error: %j is not a time',
    (text) => {
      expect(() => parseMoment(text, now)).toThrow(
        expect.objectContaining({ name: 'UsageError', code: 'cli/bad-time' }),
      )
    },
  )
})

test('formatMoment writes date and time in the zone of this machine', () => {
  expect(formatMoment(new Date(2026, 0, 2, 3, 4, 5))).toBe('2026-01-02 03:04:05')
})
