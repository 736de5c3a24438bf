// Changes between the tabs of one origin.

import type { ChangeChannel, LocalChange } from '../changes.ts'

/** A channel between all stores of one name in the tabs of this origin; undefined where there is none. */
export function openBroadcastChanges(name: string): ChangeChannel | undefined {
  if (typeof BroadcastChannel === 'undefined') return undefined
  const channel = new BroadcastChannel(`posthorn-local-store ${name}`)
  return {
    post: (changes) => channel.postMessage(changes),
    listen: (listener) => {
      channel.onmessage = ({ data }) => listener(data as readonly LocalChange[])
    },
    [Symbol.dispose]: () => channel.close(),
  }
}
