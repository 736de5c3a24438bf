// The first rows of many topics together, each topic being in order already.

/** How to read one kind of key from one topic, in the order of `compare`. */
export type KeySource<Key> = {
  readonly keys: (topic: number) => Iterable<Key>
  readonly compare: (a: Key, b: Key) => number
}

/**
 * The first `limit` keys of all topics. Reads of each topic no more than one key beyond those that
 * belong among the first so far, so topics that begin early should come first.
 */
export function firstKeys<Key>(
  topics: readonly number[],
  limit: number,
  source: KeySource<Key>,
): Key[] {
  const page: Key[] = []
  for (const topic of topics) {
    for (const key of source.keys(topic)) {
      if (page.length >= limit && !isBefore(key, page.at(-1), source)) break
      insert(page, key, source)
      if (page.length > limit) page.pop()
    }
  }
  return page
}

// Keys of one topic come in order, so the place is most often near the end.
function insert<Key>(page: Key[], key: Key, source: KeySource<Key>): void {
  let at = page.length
  while (isBefore(key, page[at - 1], source)) at--
  page.splice(at, 0, key)
}

function isBefore<Key>(key: Key, other: Key | undefined, source: KeySource<Key>): boolean {
  return other !== undefined && source.compare(key, other) < 0
}
