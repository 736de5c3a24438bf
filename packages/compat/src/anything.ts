// The one place where this package says `any`.

/**
 * What the published API leaves open. Applications write `Client` without a type of its own and use the
 * content as what they know it to be, which they could not with `unknown`.
 */
// biome-ignore lint/suspicious/noExplicitAny: the published API says any here, and applications compile against it
export type Anything = any
