import type { Writable } from 'node:stream'

/** Path of a request target, without query; the target of `OPTIONS *` is `*`. */
export function pathOf(target: string | undefined): string {
  const path = target ?? '/'
  const query = path.indexOf('?')
  return query < 0 ? path : path.slice(0, query)
}

/** Resolves when a stream takes more, or never will again. */
export function drainedOf(stream: Writable): Promise<void> {
  if (stream.destroyed || !stream.writableNeedDrain) return Promise.resolve()
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done)
      stream.off('close', done)
      resolve()
    }
    stream.on('drain', done)
    stream.on('close', done)
  })
}

/** Calls once when a stream is over; a client may have left before anybody listens. */
export function onClosed(stream: Writable, listener: () => void): void {
  if (stream.destroyed) queueMicrotask(listener)
  else stream.on('close', listener)
}
