// The first rows of many topics together, each topic being in order already.

/**
 * The first `limit` keys of all sources, each of which gives keys in the order of `compare`. Reads of each no more
 * than one key beyond those that belong among the first so far, so sources that begin early should come first.
 */
export function firstKeys<Key>(
  sources: Iterable<Iterable<Key>>,
  limit: number,
  compare: (a: Key, b: Key) => number,
): Key[] {
  const page: Key[] = []
  const isBefore = (key: Key, other: Key | undefined) =>
    other !== undefined && compare(key, other) < 0
  for (const source of sources) {
    for (const key of source) {
      if (page.length >= limit && !isBefore(key, page.at(-1))) break
      insert(page, key, isBefore)
      if (page.length > limit) page.pop()
    }
  }
  return page
}

function insert<Key>(
  page: Key[],
  key: Key,
  isBefore: (key: Key, other: Key | undefined) => boolean,
): void {
  let [low, high] = [0, page.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isBefore(key, page[middle])) high = middle
    else low = middle + 1
  }
  page.splice(low, 0, key)
}
