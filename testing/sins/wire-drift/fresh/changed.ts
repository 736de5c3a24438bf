export const field = 2
