// What React Native adds to its engine, or the engine has by now, and the stand-alone machine has not.

const abortTypes = new Set<string>(['abort'])

class MachineAbortSignal {
  aborted = false
  readonly #listeners = new Set<() => void>()

  addEventListener(type: string, listener: () => void): void {
    if (abortTypes.has(type)) this.#listeners.add(listener)
  }

  removeEventListener(_: string, listener: () => void): void {
    this.#listeners.delete(listener)
  }

  abort(): void {
    if (this.aborted) return
    this.aborted = true
    for (const listener of this.#listeners) listener()
    this.#listeners.clear()
  }
}

class MachineAbortController {
  readonly signal: MachineAbortSignal = new MachineAbortSignal()

  abort(): void {
    this.signal.abort()
  }
}

function at(this: ArrayLike<unknown>, index: number): unknown {
  return this[index < 0 ? this.length + index : index]
}

function define(owner: object, name: string, value: unknown): void {
  if (name in owner) return
  Object.defineProperty(owner, name, { value, writable: true, configurable: true })
}

define(globalThis, 'AbortController', MachineAbortController)
define(Array.prototype, 'at', at)
define(Object.getPrototypeOf(Uint8Array.prototype) as object, 'at', at)
define(globalThis, 'clearTimeout', () => undefined)
