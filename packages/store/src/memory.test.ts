import { createHash } from 'node:crypto'
import { testEnvelopeStore } from './contract.ts'
import { createMemoryStore } from './memory.ts'

const sha256 = (data: Uint8Array) => new Uint8Array(createHash('sha256').update(data).digest())

testEnvelopeStore('memory store', async (clock) => createMemoryStore({ sha256, clock }))
