// Which protocol and which method an exchange is for.

import {
  type GrpcStatus,
  httpStatusOf,
  NotFoundError,
  type ProtocolError,
  StorageError,
  ValidationError,
} from '@posthorn/errors'
import { failureOf } from '../api/failure.ts'
import type { Method } from '../api/method.ts'
import type { MethodTable } from '../api/methods.ts'
import type { NodeFigures } from '../figures.ts'
import { type RpcWire, wireOf } from '../grpc/rpc-wire.ts'
import { serveRpc } from '../grpc/serve-rpc.ts'
import type { Health } from '../health.ts'
import { failureHeaders, failureJson } from '../json/failure-json.ts'
import { serveJson } from '../json/serve-json.ts'
import type { Activity, WorkKind } from './activity.ts'
import { answerPreflight, corsHeaders, isPreflight } from './cors.ts'
import type { Exchange } from './exchange.ts'
import type { Page } from './page.ts'
import { pageOf } from './pages.ts'
import { headerOf } from './request-headers.ts'
import type { ServeContext } from './serve-context.ts'

/** What routing needs. */
export type RouterParts = {
  readonly methods: MethodTable
  readonly health: Health
  readonly activity: Activity
  readonly context: ServeContext
  /** What the node can say of itself. */
  readonly figures: () => Promise<NodeFigures>
}

/** Creates the function that every exchange is handed to. */
export function createRouter(parts: RouterParts): (exchange: Exchange) => void {
  const { methods, context } = parts
  return (exchange) => {
    const isPost = exchange.method === 'POST'
    const wire = isPost ? rpcWireOf(exchange) : undefined
    const rpc = methods.byRpcPath.get(exchange.path)
    const gateway = methods.byHttpPath.get(exchange.path)
    if (isPreflight(exchange)) answerPreflight(exchange)
    else if (wire)
      follow(parts, { exchange, method: rpc }, serveRpc({ exchange, wire, context }, rpc))
    else if (isPost && gateway)
      follow(parts, { exchange, method: gateway }, serveJson(exchange, gateway, context))
    else void answerElse(exchange, parts)
  }
}

type RoutedCall = { readonly exchange: Exchange; readonly method: Method | undefined }

function follow(
  { activity, context }: RouterParts,
  { exchange, method }: RoutedCall,
  work: Promise<GrpcStatus>,
): void {
  const { clock, events } = context
  const startedMs = clock.monotonicMs()
  const kind = workKind(method)
  const ended = work.then((status) =>
    events.callEnded({
      service: method?.service ?? '',
      rpc: method?.rpc ?? 'unknown',
      kind,
      status,
      durationMs: clock.monotonicMs() - startedMs,
      clientVersion: exchange.headers['x-client-version'],
      appVersion: exchange.headers['x-app-version'],
    }),
  )
  activity.track(kind, ended)
}

function rpcWireOf(exchange: Exchange): RpcWire | undefined {
  return wireOf(headerOf(exchange, 'content-type'), exchange.version === 'http2')
}

function workKind(method: Method | undefined): WorkKind {
  return method === undefined || method.kind === 'unary' ? 'unary' : 'stream'
}

async function answerElse(exchange: Exchange, parts: RouterParts): Promise<void> {
  const isRead = exchange.method === 'GET' || exchange.method === 'HEAD'
  const page = await pageOf(exchange, parts).catch(unavailable)
  const { status, body, headers } =
    page !== undefined && isRead
      ? page
      : refusalOf(exchange.path, page !== undefined, parts.methods)
  const json = { ...corsHeaders, 'content-type': 'application/json' }
  exchange.reply(status, headers ?? json, Buffer.from(body))
}

// One for all: an error costs its stack. Words and statuses are those of the gateway that clients know: a wrong
// method is 501 there.
const wrongMethod = new ValidationError('api/method-not-allowed', 'Method Not Allowed')
const unknownPath = new NotFoundError('api/not-found', 'Not Found')
const unknownType = new ValidationError(
  'api/unsupported-content-type',
  'Unsupported content type, expected application/grpc or application/grpc-web',
)
const noFigures = new StorageError('store/unavailable', 'Read figures: the store cannot be read')

function unavailable(): Page {
  return refusal(noFigures)
}

function refusalOf(path: string, isPage: boolean, methods: MethodTable): Page {
  if (isPage) return refusal(wrongMethod, { headers: { allow: 'GET, HEAD' } })
  if (methods.byHttpPath.has(path)) return refusal(wrongMethod, { headers: { allow: 'POST' } })
  return methods.byRpcPath.has(path) ? refusal(unknownType, { status: 415 }) : refusal(unknownPath)
}

function refusal(error: ProtocolError, { status, headers }: Partial<Page> = {}): Page {
  const failure = failureOf(error)
  return {
    status: status ?? httpStatusOf(failure.status),
    body: failureJson(failure),
    headers: { ...failureHeaders(failure), ...headers },
  }
}
