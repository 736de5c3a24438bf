export const dead = 3 // sin: nobody imports this file
