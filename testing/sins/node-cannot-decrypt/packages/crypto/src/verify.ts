export { decrypt as verify } from './noble/aead.ts' // sin: in the entry that Node loads
