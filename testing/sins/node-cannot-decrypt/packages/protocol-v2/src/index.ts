export { open } from './message.ts'
