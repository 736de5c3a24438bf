export const field = 3 // sin: edited by hand
