// Names for accounts, without anything that speaks to a chain.

export { addressFragment, displayName } from './display-name.ts'
export { escapeText } from './escape-text.ts'
export { createFarcasterResolver, type FarcasterOptions } from './farcaster.ts'
export type { FoundName, VerifiedName } from './found-name.ts'
export { createLensResolver, type LensOptions } from './lens.ts'
export type { NameStore } from './name-cache.ts'
export type { ClaimedName, NameResolver, ResolvedName, ResolverCall } from './name-resolver.ts'
export {
  createNames,
  type NameCall,
  type NameOutcome,
  type Names,
  type NamesOptions,
} from './names.ts'
export type { NamesClock } from './names-clock.ts'
export { isPublicUrl } from './public-url.ts'
