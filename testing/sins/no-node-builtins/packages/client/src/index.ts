export const home = (): unknown => import('node:os') // sin
