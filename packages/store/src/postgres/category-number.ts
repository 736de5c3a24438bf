import type { TopicCategory } from '@posthorn/envelope'

// Part of the layout: a number never changes its meaning.
const numbers: Readonly<Record<TopicCategory, number>> = {
  invalid: 0,
  contact: 1,
  'v1-intro': 2,
  'v1-conversation': 3,
  'v1-conversation-ephemeral': 4,
  'v2-invite': 5,
  'v2-group-invite': 6,
  'v2-conversation': 7,
  'v2-conversation-ephemeral': 8,
  private: 9,
  userpreferences: 10,
  test: 11,
}

/** The number that stands for a category in the database. */
export function categoryNumber(category: TopicCategory): number {
  return numbers[category]
}
