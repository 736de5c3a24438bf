import { testKeyVault } from '../contract.ts'
import { createMemoryVault } from './memory-vault.ts'

testKeyVault('memory vault', async () => {
  const vault = createMemoryVault()
  return { open: () => vault, [Symbol.asyncDispose]: async () => undefined }
})
