export { key } from './private-key.ts'
