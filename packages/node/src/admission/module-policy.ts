// A policy as a module of JavaScript: its export `decide`, or its default export, is the function to ask.

import { pathToFileURL } from 'node:url'
import { UsageError } from '@posthorn/errors'
import { type PolicyPlugin, readPolicyAnswer } from './policy-plugin.ts'

/**
 * Imports a policy.
 *
 * @throws UsageError `policy/cannot-start`
 */
export async function importPolicy(file: string): Promise<PolicyPlugin> {
  const decide = decideOf(await load(file))
  return {
    ask: async (request) => readPolicyAnswer(await decide(request)),
    [Symbol.asyncDispose]: async () => undefined,
  }
}

async function load(file: string): Promise<unknown> {
  try {
    return await import(pathToFileURL(file).href)
  } catch (cause) {
    throw cannotStart('it cannot be imported', cause)
  }
}

function decideOf(module: unknown): (request: unknown) => unknown {
  const exports: { readonly decide?: unknown; readonly default?: unknown } =
    typeof module === 'object' && module !== null ? module : {}
  const decide = exports.decide ?? exports.default
  if (typeof decide !== 'function') throw cannotStart('it exports no function named decide')
  return (request) => decide(request)
}

function cannotStart(reason: string, cause?: unknown): UsageError {
  return new UsageError(
    'policy/cannot-start',
    `Load policy: ${reason}, expected a module that exports a function decide`,
    { cause },
  )
}
