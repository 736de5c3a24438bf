export * from './common.ts'
export { loadCrypto } from './load-react-native.ts'
