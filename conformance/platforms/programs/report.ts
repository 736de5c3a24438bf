// What a program tells of the platform that it ran on. Everything in this folder runs on the platforms, so it
// needs nothing but the language and what each program says.

/** One thing that held or did not. */
export type Result = {
  readonly name: string
  /** Why it did not hold; undefined when it did. */
  readonly failure: string | undefined
}

/** One back end of the crypto port on the platform. */
export type BackendFigures = {
  readonly name: string
  /** What computes. */
  readonly detail: string
  /** Milliseconds of one operation; 0 where the platform stops its clock while it computes. */
  readonly signMs: number
  readonly verifyMs: number
  readonly sharedPointMs: number
  readonly sealMs: number
}

/** All that a program tells. */
export type Report = {
  readonly results: readonly Result[]
  readonly backends: readonly BackendFigures[]
  /** What was not tried, each with its reason. */
  readonly leftOut?: readonly string[] | undefined
}

/** Tries a step. */
export async function resultOf(name: string, step: () => Promise<void> | void): Promise<Result> {
  try {
    await step()
    return { name, failure: undefined }
  } catch (error) {
    return { name, failure: describe(error) }
  }
}

/** Fails unless a value is as wanted. */
export function expectEqual(found: unknown, wanted: unknown, what: string): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)]
  if (a !== b) throw new TypeError(`${what}: found ${a?.slice(0, 200)}, wanted ${b?.slice(0, 200)}`)
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  return cause === undefined ? String(error) : `${String(error)} (${describe(cause)})`
}
