import { PlainTextDecoder, PlainTextEncoder } from './text-coding.ts'

/** The parts of a global scope that {@link installMissing} fills in. */
export type Scope = {
  TextEncoder?: unknown
  TextDecoder?: unknown
  readonly Symbol: object
  readonly String: { readonly prototype: object }
}

/**
 * Adds TextEncoder, TextDecoder, the symbols of asynchronous iteration and disposal, and
 * String.prototype.isWellFormed where a global scope has none.
 */
export function installMissing(scope: Scope): void {
  scope.TextEncoder ??= PlainTextEncoder
  scope.TextDecoder ??= PlainTextDecoder
  // Without them the methods of two symbols would both be called 'undefined'.
  addMissing(scope.Symbol, 'asyncIterator', Symbol.for('Symbol.asyncIterator'))
  addMissing(scope.Symbol, 'asyncDispose', Symbol.for('Symbol.asyncDispose'))
  addMissing(scope.String.prototype, 'isWellFormed', isWellFormed)
  makeIterable(emptyGenerator())
}

// Engines without asynchronous generators have those of the transpiler, which may be older than the symbol.
function makeIterable(generator: object): void {
  if (Symbol.asyncIterator in generator) return
  addMissing(Object.getPrototypeOf(generator) as object, Symbol.asyncIterator, selfOf)
}

async function* emptyGenerator(): AsyncGenerator<never, void> {}

function selfOf(this: unknown): unknown {
  return this
}

function addMissing(owner: object, name: string | symbol, value: unknown): void {
  if (name in owner) return
  Object.defineProperty(owner, name, { value, writable: true, configurable: true })
}

function isWellFormed(this: unknown): boolean {
  for (const character of String(this)) {
    const code = character.codePointAt(0) ?? 0
    if (code >= 0xd800 && code <= 0xdfff) return false
  }
  return true
}
