export const open = 2
