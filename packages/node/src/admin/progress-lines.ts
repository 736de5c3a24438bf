import { jsonOf } from './admin-exchange.ts'

/** Lines of JSON: `{"progress":0.25}` again and again, at the end `{"done":…}`. Throws what `work` throws. */
export async function* progressLines(
  work: (onProgress: (share: number) => void) => Promise<unknown>,
): AsyncGenerator<string, void, void> {
  let latest: number | undefined
  let changed = Promise.withResolvers<void>()
  const result = work((share) => {
    latest = share
    changed.resolve()
  })
  const ended = result.then(
    () => true,
    () => true,
  )
  while (!(await Promise.race([ended, changed.promise]))) {
    changed = Promise.withResolvers()
    yield jsonOf({ progress: latest })
  }
  yield jsonOf({ done: await result })
}
