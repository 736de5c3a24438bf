import { randomBytes } from 'node:crypto' // sin
import { setTimeout as sleep } from 'node:timers/promises' // sin

export const now = (): number => Date.now() // sin
export const later = (): number => globalThis.Date.now() // sin
export const today = (): Date => new Date() // sin
export const text = (): string => Date() // sin
export const dice = (): number => Math.random() // sin
export const wait = (then: () => void): unknown => setTimeout(then, 1) // sin
export const again = (then: () => void): unknown => globalThis.setInterval(then, 1) // sin
export const age = (): number => performance.now() // sin
export const ticks = (): bigint => process.hrtime.bigint() // sin
export const key = (): Uint8Array => crypto.getRandomValues(new Uint8Array(1)) // sin
export const id = (): string => crypto.randomUUID() // sin
export const limit = (): AbortSignal => AbortSignal.timeout(1) // sin
export const fine = [new Date(0), randomBytes, sleep]
