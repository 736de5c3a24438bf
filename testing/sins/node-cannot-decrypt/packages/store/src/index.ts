export { gcm } from '@noble/ciphers/aes.js' // sin: by way of another package
