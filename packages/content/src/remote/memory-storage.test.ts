import { testAttachmentStorage } from '../contract.ts'
import { createMemoryAttachmentStorage } from './memory-storage.ts'

testAttachmentStorage('the storage in memory', async () => createMemoryAttachmentStorage())
