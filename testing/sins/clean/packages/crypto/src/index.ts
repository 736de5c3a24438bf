export { open } from './aead.ts'
export { digest } from './verify.ts'
