import '../../errors/src/secret.ts' // sin: tests enter by the door too
