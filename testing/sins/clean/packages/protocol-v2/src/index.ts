export { openMessage } from './message.ts'
