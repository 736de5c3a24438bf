// Runs checks one after another over each protocol.

import { ProtocolError } from '@posthorn/errors'
import type { Api, Protocol } from './api.ts'
import { type Bench, type BenchOptions, createBench } from './bench.ts'
import { type Check, type Group, groups, type Skip, skip } from './check.ts'
import { checkTable } from './check-table.ts'
import { createGrpcApi } from './grpc-api.ts'
import { createGrpcWebApi } from './grpc-web-api.ts'
import { createJsonApi } from './json-api.ts'

/** What a check came to over one protocol. */
export type Result = {
  readonly id: string
  readonly title: string
  /** Where the behaviour is written down. */
  readonly reference: string
  readonly protocol: Protocol
  readonly status: 'pass' | 'fail' | 'skip'
  readonly expected?: string | undefined
  readonly found?: string | undefined
  /** Why it was skipped, or what was being looked at when it failed. */
  readonly reason?: string | undefined
  readonly durationMs: number
}

/** What is run. */
export type KitOptions = BenchOptions & {
  readonly protocols: readonly Protocol[]
  /** Groups, ids or beginnings of ids; all without it. */
  readonly only: readonly string[]
}

const patience = 4

/** Runs the checks that are asked for; each result is given when it is there. */
export async function* runKit(options: KitOptions): AsyncGenerator<Result, void> {
  const bench = await createBench(options)
  for (const protocol of options.protocols) {
    await using api = apiOf(protocol, options)
    const silence = await silenceOf(api, bench)
    for (const check of selectChecks(options.only)) {
      if (check.protocols?.includes(protocol) === false) continue
      yield silence ? unreachable(check, protocol, silence) : await runCheck(check, { api, bench })
    }
  }
}

/** The checks of those groups, ids or beginnings of ids. */
export function selectChecks(only: readonly string[]): readonly Check[] {
  if (only.length === 0) return checkTable
  return checkTable.filter(({ id }) =>
    only.some((each) => id === each || id.startsWith(`${each}.`) || id.startsWith(`${each}-`)),
  )
}

/** The group of an id. */
export function groupOf(id: string): Group {
  return groups.find((group) => id.startsWith(`${group}.`)) ?? 'gateway'
}

/** Where the behaviour of a check is written down. */
export function referenceOf(id: string): string {
  return `docs/conformance.md#${groupOf(id)}`
}

function apiOf(protocol: Protocol, { urls, timeoutMs }: KitOptions): Api {
  const create = { json: createJsonApi, grpc: createGrpcApi, 'grpc-web': createGrpcWebApi }
  return create[protocol](urls[protocol], timeoutMs)
}

// Why a protocol is not spoken there; one question instead of one time-out per check.
async function silenceOf(api: Api, bench: Bench): Promise<string | undefined> {
  try {
    const { code, message } = await api.query({ contentTopics: [bench.freshTopic()] })
    return code === -1 ? message || 'the answer is not that of a node' : undefined
  } catch (error) {
    return textOf(error)
  }
}

function unreachable(check: Check, protocol: Protocol, silence: string): Result {
  const reason = `the node does not answer a query over ${protocol}`
  return { ...named(check, protocol), status: 'fail', reason, found: silence, durationMs: 0 }
}

async function runCheck(check: Check, subject: { api: Api; bench: Bench }): Promise<Result> {
  const { api, bench } = subject
  const base = named(check, api.protocol)
  const startedMs = bench.nowMs()
  const timer = new AbortController()
  try {
    const outcome = await Promise.race([check.run(subject), tooLate(bench, timer.signal)])
    const durationMs = bench.nowMs() - startedMs
    if (outcome?.kind === 'late') return { ...base, ...late(durationMs) }
    if (outcome === undefined) return { ...base, status: 'pass', durationMs }
    return { ...base, status: 'skip', reason: outcome.reason, durationMs }
  } catch (error) {
    return { ...base, ...failureOf(error), durationMs: bench.nowMs() - startedMs }
  } finally {
    timer.abort()
  }
}

function named({ id, title }: Check, protocol: Protocol) {
  return { id, title, reference: referenceOf(id), protocol }
}

function late(durationMs: number) {
  return { status: 'fail', reason: 'no result in time', durationMs } as const
}

function tooLate({ timeoutMs }: Bench, signal: AbortSignal): Promise<{ readonly kind: 'late' }> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ kind: 'late' }), patience * timeoutMs)
    signal.addEventListener('abort', () => clearTimeout(timer))
  })
}

function failureOf(error: unknown): Pick<Result, 'status' | 'reason' | 'expected' | 'found'> {
  if (error instanceof ProtocolError && error.code === 'conformance/limited') {
    const { reason }: Skip = skip('the node limits the rate of this address')
    return { status: 'skip', reason, found: error.message }
  }
  if (error instanceof ProtocolError && error.code === 'conformance/mismatch') {
    const { expected, found } = error.details
    return {
      status: 'fail',
      reason: error.message,
      expected: String(expected),
      found: String(found),
    }
  }
  return { status: 'fail', reason: 'the call failed', found: textOf(error) }
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause instanceof Error ? ` (${error.cause.message || error.cause.name})` : ''
  return `${error.message}${cause}`
}
