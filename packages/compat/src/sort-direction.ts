// Directions of lists, as the published API has them.

import type { Direction } from '@posthorn/envelope'

/** Which end of a list comes first. */
export const SortDirection = {
  SORT_DIRECTION_UNSPECIFIED: 'SORT_DIRECTION_UNSPECIFIED',
  SORT_DIRECTION_ASCENDING: 'SORT_DIRECTION_ASCENDING',
  SORT_DIRECTION_DESCENDING: 'SORT_DIRECTION_DESCENDING',
} as const

/** One of the values of {@link SortDirection}. */
export type SortDirection = keyof typeof SortDirection

/** The direction that a value stands for; undefined leaves it to whoever is asked. */
export function directionOf(value: SortDirection | undefined): Direction | undefined {
  if (value === SortDirection.SORT_DIRECTION_ASCENDING) return 'ascending'
  return value === SortDirection.SORT_DIRECTION_DESCENDING ? 'descending' : undefined
}
