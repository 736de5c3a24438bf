// Which protocol and which method an exchange is for.

import { type GrpcStatus, grpcStatus } from '@posthorn/errors'
import type { Method } from '../api/method.ts'
import type { MethodTable } from '../api/methods.ts'
import { type RpcWire, wireOf } from '../grpc/rpc-wire.ts'
import { serveRpc } from '../grpc/serve-rpc.ts'
import type { Health } from '../health.ts'
import { failureJson } from '../json/failure-json.ts'
import { serveJson } from '../json/serve-json.ts'
import type { Activity, WorkKind } from './activity.ts'
import { answerPreflight, corsHeaders, isPreflight } from './cors.ts'
import type { Exchange } from './exchange.ts'
import { type Page, pageOf } from './pages.ts'
import { headerOf } from './request-headers.ts'
import type { ServeContext } from './serve-context.ts'

/** What routing needs. */
export type RouterParts = {
  readonly methods: MethodTable
  readonly health: Health
  readonly activity: Activity
  readonly context: ServeContext
}

/** Creates the function that every exchange is handed to. */
export function createRouter(parts: RouterParts): (exchange: Exchange) => void {
  const { methods, health, activity, context } = parts
  return (exchange) => {
    const isPost = exchange.method === 'POST'
    const wire = isPost ? rpcWireOf(exchange) : undefined
    const rpc = methods.byRpcPath.get(exchange.path)
    const gateway = methods.byHttpPath.get(exchange.path)
    if (isPreflight(exchange)) answerPreflight(exchange)
    else if (wire) activity.track(workKind(rpc), serveRpc({ exchange, wire, context }, rpc))
    else if (isPost && gateway)
      activity.track(workKind(gateway), serveJson(exchange, gateway, context))
    else answerElse(exchange, methods, health)
  }
}

function rpcWireOf(exchange: Exchange): RpcWire | undefined {
  return wireOf(headerOf(exchange, 'content-type'), exchange.version === 'http2')
}

function workKind(method: Method | undefined): WorkKind {
  return method === undefined || method.kind === 'unary' ? 'unary' : 'stream'
}

function answerElse(exchange: Exchange, methods: MethodTable, health: Health): void {
  const page = pageOf(exchange.path, health)
  const isRead = exchange.method === 'GET' || exchange.method === 'HEAD'
  const { status, body } =
    page !== undefined && isRead ? page : refusalOf(exchange.path, page !== undefined, methods)
  const headers = { ...corsHeaders, 'content-type': 'application/json' }
  exchange.reply(status, headers, Buffer.from(body))
}

// The statuses are those of the gateway that clients know: a wrong method is 501 there.
function refusalOf(path: string, isPage: boolean, methods: MethodTable): Page {
  if (isPage || methods.byHttpPath.has(path)) {
    return refusal(501, grpcStatus.unimplemented, 'Method Not Allowed')
  }
  if (methods.byRpcPath.has(path)) {
    const message = 'Unsupported content type, expected application/grpc or application/grpc-web'
    return refusal(415, grpcStatus.invalidArgument, message)
  }
  return refusal(404, grpcStatus.notFound, 'Not Found')
}

function refusal(httpStatus: number, status: GrpcStatus, message: string): Page {
  return { status: httpStatus, body: failureJson({ status, message }) }
}
