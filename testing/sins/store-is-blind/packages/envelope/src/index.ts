export { open } from '@posthorn/crypto' // sin: a friend that holds keys
