import { AsyncLocalStorage } from 'node:async_hooks'
import { type HttpClient, HttpError } from './http/http-client.ts'
import { type Collector, EXPORT_MS, resourceOf, urlOf } from './otlp.ts'

/** Facts of a span: codes, ids of rows, numbers. Never a name, an order's number or what a mall wrote. */
type Facts = Record<string, string | number | boolean>

interface Span {
  name: string
  /** Milliseconds, by the service's clock. */
  from: number
  to: number
  facts: Facts
}

/**
 * Trace of one row of work over all processes that handle it. The row's UUID is as long as a trace id and
 * serves as one. Nothing has to be carried along or stored: mail, attempts and staging meet in one trace.
 */
export interface Tracing {
  /** The whole of it: the span that all others hang below. */
  root(id: string, span: Span): void
  part(id: string, span: Span): void
  /** Puts the HTTP calls of `work` below the same root. */
  within<T>(id: string, work: () => Promise<T>): Promise<T>
  http(client: HttpClient, now: () => number): HttpClient
  /** Sends what is left. */
  close(): Promise<void>
}

const traceIdOf = (id: string): string => id.replaceAll('-', '')
/** The half of a UUID v7 that is random. */
const rootIdOf = (id: string): string => traceIdOf(id).slice(16)

/** Opened only where an endpoint is set: without one not even the packages are read. */
export async function openTracing(collector: Collector): Promise<Tracing> {
  const [{ ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace }, sdk, exporters, resource] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      resourceOf(collector),
    ])
  const random = new sdk.RandomIdGenerator()
  // Ids of the root that is being begun: the SDK asks for them while it begins it.
  let given: { traceId: string; spanId: string } | null = null
  const provider = new sdk.TracerProvider({
    resource,
    idGenerator: {
      generateTraceId: () => given?.traceId ?? random.generateTraceId(),
      generateSpanId: () => given?.spanId ?? random.generateSpanId(),
    },
    spanProcessors: [
      new sdk.BatchSpanProcessor({
        exporter: new exporters.OTLPTraceExporter({
          url: urlOf(collector, 'traces'),
          timeoutMillis: EXPORT_MS,
        }),
      }),
    ],
  })
  const tracer = provider.getTracer('torikomi', collector.version)
  const stories = new AsyncLocalStorage<string>()

  const below = (id: string) =>
    trace.setSpanContext(ROOT_CONTEXT, {
      traceId: traceIdOf(id),
      spanId: rootIdOf(id),
      traceFlags: TraceFlags.SAMPLED,
      isRemote: true,
    })

  function part(id: string, { name, from, to, facts }: Span, kind = SpanKind.INTERNAL): void {
    const span = tracer.startSpan(name, { kind, startTime: from, attributes: facts }, below(id))
    if (facts.failed === true) span.setStatus({ code: SpanStatusCode.ERROR })
    span.end(to)
  }

  return {
    part,
    root(id, { name, from, to, facts }) {
      given = { traceId: traceIdOf(id), spanId: rootIdOf(id) }
      const span = tracer.startSpan(name, { root: true, startTime: from, attributes: facts })
      given = null
      span.end(to)
    },
    within: (id, work) => stories.run(id, work),
    http: (client, now) => ({
      async request(request, signal) {
        const id = stories.getStore()
        if (id === undefined) return client.request(request, signal)
        const from = now()
        // The host and no more: a path may name an order, a query a key.
        const facts: Facts = { method: request.method, host: new URL(request.url).host }
        const end = (more: Facts) =>
          part(id, { name: 'mall call', from, to: now(), facts: { ...facts, ...more } }, SpanKind.CLIENT)
        try {
          const answer = await client.request(request, signal)
          end({ status: answer.status, failed: answer.status >= 400 })
          return answer
        } catch (error) {
          end({ reason: error instanceof HttpError ? error.reason : 'internal', failed: true })
          throw error
        }
      },
    }),
    close: () => provider.shutdown(),
  }
}
