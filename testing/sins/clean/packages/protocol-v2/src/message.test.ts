import { expect, it } from 'vitest'
import { openMessage } from './message.ts'

it('opens', () => expect(openMessage({ message: crypto.getRandomValues(new Uint8Array(1)) })).toBeDefined())
