export const field = 5
