/** What a look at one thing found. */
export type Check = {
  readonly name: string
  readonly status: 'ok' | 'warn' | 'fail'
  readonly found: string
  /** What to do when it is not ok. */
  readonly advice?: string | undefined
}
