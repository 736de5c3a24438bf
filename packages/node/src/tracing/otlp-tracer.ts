// Spans by OpenTelemetry, sent to a collector by OTLP over HTTP. Loaded only where a collector is configured.

import { AsyncLocalStorage } from 'node:async_hooks'
import { type Context, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { ProtocolError } from '@posthorn/errors'
import { nodeVersion } from '../version.ts'
import type { Tracer } from './tracer.ts'

/** A tracer that sends to `url`, as http://localhost:4318/v1/traces. */
export function createOtlpTracer(url: string): Tracer {
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'posthorn',
      'service.version': nodeVersion(),
    }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url }))],
  })
  const tracer = provider.getTracer('posthorn')
  const current = new AsyncLocalStorage<Context>()
  return {
    span: async (name, attributes, work) => {
      const parent = current.getStore() ?? ROOT_CONTEXT
      const span = tracer.startSpan(name, { attributes }, parent)
      try {
        return await current.run(trace.setSpan(parent, span), work)
      } catch (error) {
        const code = error instanceof ProtocolError ? error.code : 'internal/unexpected'
        span.setAttribute('error.type', code)
        span.setStatus({ code: SpanStatusCode.ERROR })
        throw error
      } finally {
        span.end()
      }
    },
    // A collector that is away must not keep a node from stopping well.
    [Symbol.asyncDispose]: () => provider.shutdown().catch(() => undefined),
  }
}
