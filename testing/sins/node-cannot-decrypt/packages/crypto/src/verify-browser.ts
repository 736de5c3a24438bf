export { open as verify } from './aead.ts'
