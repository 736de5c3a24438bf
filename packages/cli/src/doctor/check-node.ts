import { setTimeout } from 'node:timers/promises'
import { ProtocolError } from '@posthorn/errors'
import { createJsonTransport } from '@posthorn/transport'
import { type HintFacts, hintFor } from '../hints.ts'
import type { Check } from './check.ts'

/** What is asked of a node, and by which clock it is judged. */
export type NodeQuestion = HintFacts & { readonly now: () => Date }

const tries = 3
const timeoutMs = 5_000
const slowMs = 500
// The Date header counts whole seconds, so nothing below two can be told.
const warnSkewMs = 5_000
// A token made by a client lives for an hour on a node.
const failSkewMs = 10 * 60_000
// A topic that no wallet has.
const topic = '/xmtp/0/contact-doctor/proto'

type Answer = { readonly latencyMs: number; readonly serverTime: Date | undefined }

/** Looks at whether the node answers as a node does, how fast, and what time it believes it is. */
export async function checkNode(question: NodeQuestion): Promise<readonly Check[]> {
  try {
    const answers: Answer[] = []
    for (let i = 0; i < tries; i++) answers.push(await ask(question.url))
    const best = answers.toSorted((a, b) => a.latencyMs - b.latencyMs)[0]
    if (best === undefined) return []
    return [latencyCheck(question.url, best.latencyMs), clockCheck(best, question.now())]
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    const advice = hintFor(error.code, question)
    return [{ name: 'node', status: 'fail', found: error.message, advice }]
  }
}

async function ask(url: string): Promise<Answer> {
  let date: string | null = null
  const startMs = performance.now()
  await using transport = createJsonTransport({
    url,
    timers: { sleep },
    timeoutMs,
    fetch: async (...request) => {
      const response = await fetch(...request)
      date = response.headers.get('date')
      return response
    },
  })
  await transport.query({ topics: [topic], limit: 1 })
  const serverTime = date === null ? undefined : new Date(date)
  return { latencyMs: performance.now() - startMs, serverTime }
}

function latencyCheck(url: string, latencyMs: number): Check {
  const found = `${url} answers in ${Math.round(latencyMs)} ms`
  if (latencyMs < slowMs) return { name: 'node', status: 'ok', found }
  return { name: 'node', status: 'warn', found, advice: 'use a node nearer to you with --url' }
}

// `now` is the time here when the answer came.
function clockCheck({ serverTime, latencyMs }: Answer, now: Date): Check {
  const name = 'clock'
  const serverMs = serverTime?.getTime() ?? Number.NaN
  if (Number.isNaN(serverMs))
    return { name, status: 'ok', found: 'the node does not tell its time' }
  // The header was cut to whole seconds about half a round trip ago.
  const skewMs = now.getTime() - latencyMs / 2 - (serverMs + 500)
  const apartMs = Math.abs(skewMs)
  if (apartMs < warnSkewMs) return { name, status: 'ok', found: 'agrees with the node' }
  const seconds = Math.round(apartMs / 1000)
  return {
    name,
    status: apartMs < failSkewMs ? 'warn' : 'fail',
    found: `this machine is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} the node`,
    advice: 'set the clock, for instance: timedatectl set-ntp true',
  }
}

async function sleep(delayMs: number, options: { readonly signal?: AbortSignal | undefined } = {}) {
  const { signal } = options
  await setTimeout(delayMs, undefined, signal === undefined ? {} : { signal }).catch(() => {})
}
