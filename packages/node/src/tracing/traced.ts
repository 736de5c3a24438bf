// The parts of a node with spans around what they do; the same parts where nothing is traced.

import type { Admission } from '@posthorn/postage'
import type { EnvelopeStore } from '@posthorn/store'
import type { Method } from '../api/method.ts'
import type { MethodTable } from '../api/methods.ts'
import type { Ingest } from '../ingest.ts'
import type { GatewayMethod } from '../json/serve-json.ts'
import type { Tracer } from './tracer.ts'

/** Methods with a span each; of streams, until they are open. */
export function tracedMethods(methods: MethodTable, tracer: Tracer | undefined): MethodTable {
  if (tracer === undefined) return methods
  const { byRpcPath, byHttpPath } = methods
  return {
    byRpcPath: new Map(
      Array.from(byRpcPath, ([path, method]) => [path, tracedMethod(method, tracer)]),
    ),
    byHttpPath: new Map(
      Array.from(byHttpPath, ([path, method]) => [path, tracedGateway(method, tracer)]),
    ),
  }
}

/** The pipeline with a span for each publish. */
export function tracedIngest(ingest: Ingest, tracer: Tracer | undefined): Ingest {
  if (tracer === undefined) return ingest
  return {
    publish: (submission) => {
      const facts = { envelopes: submission.envelopes.length }
      return tracer.span('ingest', facts, () => ingest.publish(submission))
    },
  }
}

/** Admission with a span for each decision. */
export function tracedAdmission(admission: Admission, tracer: Tracer | undefined): Admission {
  if (tracer === undefined) return admission
  return {
    decide: (request) => tracer.span('ingest admit', {}, () => admission.decide(request)),
  }
}

/** The store with spans for what is committed and read. */
export function tracedStore(store: EnvelopeStore, tracer: Tracer | undefined): EnvelopeStore {
  if (tracer === undefined) return store
  return {
    append: (envelopes) =>
      tracer.span('store commit', { envelopes: envelopes.length }, () => store.append(envelopes)),
    range: (query) => tracer.span('store range', { limit: query.limit }, () => store.range(query)),
    tail: (query) => tracer.span('store tail', { limit: query.limit }, () => store.tail(query)),
    scan: () => store.scan(),
    counts: () => store.counts(),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
}

function tracedMethod(method: Method, tracer: Tracer): Method {
  if (method.kind !== 'bidi') return tracedGateway(method, tracer)
  const [name, facts] = spanOf(method)
  return {
    ...method,
    open: (requests, call) => tracer.span(name, facts, () => method.open(requests, call)),
  }
}

function tracedGateway(method: GatewayMethod, tracer: Tracer): GatewayMethod {
  const [name, facts] = spanOf(method)
  if (method.kind === 'unary') {
    return {
      ...method,
      answerProto: (bytes, call) => tracer.span(name, facts, () => method.answerProto(bytes, call)),
      answerJson: (value, call) => tracer.span(name, facts, () => method.answerJson(value, call)),
    }
  }
  return {
    ...method,
    openProto: (bytes, call) => tracer.span(name, facts, () => method.openProto(bytes, call)),
    openJson: (value, call) => tracer.span(name, facts, () => method.openJson(value, call)),
  }
}

function spanOf({ service, rpc }: Method): readonly [string, Readonly<Record<string, string>>] {
  const facts = { 'rpc.system': 'grpc', 'rpc.service': service, 'rpc.method': rpc }
  return [`${service}/${rpc}`, facts]
}
