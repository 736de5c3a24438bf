import { testCrypto } from '../contract.ts'
import { createNobleCrypto } from './noble-crypto.ts'

testCrypto('noble', async () => createNobleCrypto())
