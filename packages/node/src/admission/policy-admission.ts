// Asks a policy within bounds: of time, of questions at once, and with a rule for when it does not answer.

import { AdmissionError, TransportError } from '@posthorn/errors'
import type { Admission, AdmissionDecision } from '@posthorn/postage'
import type { Clock } from '../clock.ts'
import type { Logger } from '../logger.ts'
import { type PolicyAnswer, type PolicyPlugin, policyRequestOf } from './policy-plugin.ts'

/** How a policy is asked. */
export type PolicyOptions = {
  readonly plugin: PolicyPlugin
  readonly clock: Clock
  readonly log: Logger
  readonly timeoutMs: number
  /** Whether publishes are admitted while the policy does not answer. */
  readonly fail: 'open' | 'closed'
}

const maxWaiting = 1_000
const quietMs = 10_000

/** Admits what a policy accepts. */
export function createPolicyAdmission(options: PolicyOptions): Admission {
  const { plugin, clock, timeoutMs, fail } = options
  const warn = createWarner(options)
  let waiting = 0

  const answerInTime = async (asked: Promise<PolicyAnswer>): Promise<PolicyAnswer> => {
    const late = Promise.withResolvers<never>()
    const timer = clock.after(timeoutMs, () => late.reject(noAnswer()))
    try {
      return await Promise.race([asked, late.promise])
    } finally {
      timer.cancel()
    }
  }
  const withoutAnswer = (error: unknown): AdmissionDecision => {
    warn(error)
    return fail === 'open' ? { kind: 'admitted' } : { kind: 'refused', error: noAnswer() }
  }

  return {
    decide: async (request) => {
      if (waiting >= maxWaiting) return withoutAnswer(noAnswer())
      waiting++
      try {
        const answer = await answerInTime(plugin.ask(policyRequestOf(request)))
        if (answer.decision === 'accept') return { kind: 'admitted' }
        return { kind: 'refused', error: refused(answer.reason) }
      } catch (error) {
        return withoutAnswer(error)
      } finally {
        waiting--
      }
    },
  }
}

// A policy that is down fails every publish: one line now and then says as much.
function createWarner({ clock, log, fail }: PolicyOptions): (error: unknown) => void {
  let lastMs = Number.NEGATIVE_INFINITY
  return (error) => {
    if (clock.monotonicMs() - lastMs < quietMs) return
    lastMs = clock.monotonicMs()
    log.warn({ event: 'policy-failed', fail, error }, 'The policy does not answer')
  }
}

function refused(reason: string): AdmissionError {
  return new AdmissionError('policy/refused', `Publish: the policy of the node refuses: ${reason}`)
}

function noAnswer(): TransportError {
  return new TransportError(
    'policy/unavailable',
    'Publish: the policy of the node does not answer, try again',
    { retryAfterMs: 1_000 },
  )
}
