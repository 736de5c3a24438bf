export * from './common.ts'
export { loadCrypto } from './load-browser.ts'
