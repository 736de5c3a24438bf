import { one } from './one.ts' // sin: values, within a package

export const three = (): number => one()
