export { recover } from './signature.ts'
export { sign } from './sign.ts' // sin: a file that nobody has judged
