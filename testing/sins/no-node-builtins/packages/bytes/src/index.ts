import { readFileSync } from 'node:fs' // sin
import { join } from 'path' // sin

export const text = Buffer.from(readFileSync(join('a', 'b'))) // sin
export const isCi = process.env['CI'] // sin
export const fine = { Buffer: 1, process: 2 }.process
