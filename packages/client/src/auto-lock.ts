/** When keys that a vault keeps are wiped from memory, and what comes before they are loaded again. */
export type AutoLock = {
  /** They are wiped when nothing has used them for so long; default 900,000 (15 minutes). */
  readonly idleMs?: number | undefined
  /** Called when something needs them again, which waits for it: ask the user here. To refuse, reject. */
  readonly onUnlock?: (() => void | Promise<void>) | undefined
  /** Called when they have been wiped. */
  readonly onLock?: (() => void) | undefined
}
