// Where time goes in a call, for who collects traces. Spans have names, counts and error codes; never an address,
// a topic or a payload.

/** What a span may say. */
export type SpanFacts = Readonly<Record<string, string | number>>

/** Records spans; those that work begins are its children. Disposal sends what is left. */
export type Tracer = AsyncDisposable & {
  /** Does the work within a span; rejects as the work does. */
  span<Result>(name: string, facts: SpanFacts, work: () => Promise<Result>): Promise<Result>
}
