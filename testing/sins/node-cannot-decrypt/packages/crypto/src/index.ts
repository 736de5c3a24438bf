export { open } from './aead.ts'
