// Uploads what waits, soon after it began to wait: what is done in quick succession goes out together.

import { ProtocolError } from '@posthorn/errors'
import type { ClientContext } from '../context.ts'
import { createPersistence } from './persistence.ts'

/** Something that uploads when told. */
export type Uploader = {
  /** Something waits, or the network is back. */
  poke(): void
  /** Resolves when the signal has aborted. */
  run(): Promise<void>
}

const togetherMs = 300

/** Creates an uploader of `upload`; ends with the signal. */
export function createUploader(
  context: ClientContext,
  upload: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Uploader {
  let isPoked = false
  let wake = (): void => undefined
  const persist = createPersistence(context, {
    signal,
    onTrouble: () => undefined,
    onSuccess: () => undefined,
  })

  function poke(): void {
    isPoked = true
    wake()
  }

  return {
    poke,
    run: async () => {
      signal.addEventListener('abort', () => wake(), { once: true })
      while (!signal.aborted) {
        if (!isPoked) {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
        await context.clock.sleep(togetherMs, { signal })
        if (signal.aborted) return
        isPoked = false
        // What a node refuses goes on waiting; it is tried with whatever comes next.
        await persist(() => upload(signal)).catch((error) => {
          if (!(error instanceof ProtocolError)) throw error
        })
      }
    },
  }
}
