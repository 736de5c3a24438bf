export const field = 4
