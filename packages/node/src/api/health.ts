// grpc.health.v1.Health: the standard health service. Its two messages are one field each, so they are
// read and written by hand.

import { CodecError, NotFoundError } from '@posthorn/errors'
import { frame } from '../grpc/frame.ts'
import type { Health, HealthState } from '../health.ts'
import type { MessageBatches, ServerStreamMethod, StreamMessage, UnaryMethod } from './method.ts'
import { messageApiService } from './v2/service.ts'
import { checkFieldBounds } from './value-bounds.ts'

const service = 'grpc.health.v1.Health'
const knownServices: ReadonlySet<string> = new Set(['', messageApiService])

// HealthCheckResponse.ServingStatus
const serving = 1
const notServing = 2
const serviceUnknown = 3

const checkProto = (start: Uint8Array): void => checkFieldBounds(start, {})

/** Health/Check. */
export function healthCheckMethod(health: Health): UnaryMethod {
  const answer = (name: string): number => {
    if (knownServices.has(name)) return servingStatus(health.state())
    throw new NotFoundError('api/not-found', 'Check health: unknown service')
  }
  return {
    kind: 'unary',
    service,
    rpc: 'Check',
    httpPath: undefined,
    checkProto,
    answerProto: async (request) => encodeStatus(answer(decodeService(request))),
    answerJson: async () => '{}',
  }
}

/** Health/Watch. Ends when the node drains, after saying so. */
export function healthWatchMethod(health: Health): ServerStreamMethod {
  return {
    kind: 'server-stream',
    service,
    rpc: 'Watch',
    httpPath: undefined,
    checkProto,
    openProto: async (request, { signal }) =>
      statusMessages(health, knownServices.has(decodeService(request)), signal),
    openJson: async (_request, { signal }) => statusMessages(health, true, signal),
  }
}

async function* statusMessages(
  health: Health,
  isKnown: boolean,
  signal: AbortSignal,
): MessageBatches & AsyncGenerator<readonly StreamMessage[]> {
  for await (const state of health.watch(signal)) {
    const status = isKnown ? servingStatus(state) : serviceUnknown
    yield [{ grpcFrame: () => frame(encodeStatus(status)), jsonLine: () => Buffer.from('{}\n') }]
  }
}

function servingStatus(state: HealthState): number {
  return state === 'serving' ? serving : notServing
}

function encodeStatus(status: number): Uint8Array {
  return Uint8Array.of(0x08, status)
}

// HealthCheckRequest: field 1, the name of a service; absent asks for the whole server.
function decodeService(request: Uint8Array): string {
  if (request.length === 0) return ''
  const [tag, length] = request
  if (tag !== 0x0a || length === undefined || length > 127 || length + 2 !== request.length) {
    throw new CodecError('wire/malformed', 'Decode HealthCheckRequest: expected a service name')
  }
  return Buffer.from(request.subarray(2)).toString()
}
