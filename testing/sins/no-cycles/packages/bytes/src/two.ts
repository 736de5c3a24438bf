import { three } from './three.ts'

export const two = (): number => three()
