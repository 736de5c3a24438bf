import { createDecipheriv } from 'node:crypto' // sin

export const worker = createDecipheriv
