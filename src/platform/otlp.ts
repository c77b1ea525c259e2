import type { HrTime } from '@opentelemetry/api'
import type { CollectionResult, DataPoint, Histogram, MetricData } from '@opentelemetry/sdk-metrics'
import type { MetricObjectWithValues, MetricValueWithName } from 'prom-client'
import { factsOf } from './narrow.ts'

/** A collector that takes OTLP over HTTP, and who reports to it. */
export interface Collector {
  /** Without `/v1/traces` and the like, which are put behind it. */
  endpoint: string
  version: string
  /** Roles of this process, comma separated. */
  role: string
  /** Names the process: two of the same roles send the same series. */
  instanceId: string
}

export const EXPORT_MS = 10_000

export const urlOf = ({ endpoint }: Collector, signal: 'traces' | 'metrics' | 'logs'): string =>
  `${endpoint.replace(/\/$/, '')}/v1/${signal}`

export async function resourceOf({ version, role, instanceId }: Collector) {
  const { resourceFromAttributes } = await import('@opentelemetry/resources')
  return resourceFromAttributes({
    'service.name': 'torikomi',
    'service.instance.id': instanceId,
    'service.version': version,
    'torikomi.roles': role,
  })
}

/** The exporters tell of no failure themselves: a wrong port or key would be silent for ever. */
export async function reportExportFailures(onFailure: () => void): Promise<void> {
  const { diag, DiagLogLevel } = await import('@opentelemetry/api')
  let isTold = false
  const tell = () => {
    if (isTold) return
    isTold = true
    setTimeout(() => {
      isTold = false
    }, TOLD_EVERY_MS).unref()
    onFailure()
  }
  const silent = () => undefined
  diag.setLogger(
    { error: tell, warn: silent, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true },
  )
}

const TOLD_EVERY_MS = 60_000

export interface LogExport {
  /** Takes a line as the log writes it. Lines beyond what waits (2,048) are dropped. */
  write(line: string): void
  /** Sends what is left. */
  close(): Promise<void>
}

export async function openLogExport(collector: Collector): Promise<LogExport> {
  const [{ SeverityNumber }, { BatchLogRecordProcessor, LoggerProvider }, { OTLPLogExporter }, resource] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-logs'),
      import('@opentelemetry/exporter-logs-otlp-http'),
      resourceOf(collector),
    ])
  const exporter = new OTLPLogExporter({ url: urlOf(collector, 'logs'), timeoutMillis: EXPORT_MS })
  const provider = new LoggerProvider({ resource, processors: [new BatchLogRecordProcessor({ exporter })] })
  const logger = provider.getLogger('torikomi', collector.version)
  const { FATAL, ERROR, WARN, INFO, DEBUG, TRACE, UNSPECIFIED } = SeverityNumber
  const severities = new Map<unknown, number>(
    Object.entries({ fatal: FATAL, error: ERROR, warn: WARN, info: INFO, debug: DEBUG, trace: TRACE }),
  )
  return {
    write(line) {
      // Read back from the line, which `scrub` has passed: what stdout may not hold the collector may not.
      const { time, level, msg, ...facts } = factsOf(JSON.parse(line))
      const at = Date.parse(String(time))
      logger.emit({
        // One record without a time would lose its whole batch.
        ...(Number.isNaN(at) ? {} : { timestamp: at }),
        severityText: String(level),
        severityNumber: severities.get(level) ?? UNSPECIFIED,
        body: String(msg),
        attributes: Object.fromEntries(
          Object.entries(facts).map(([name, fact]) => [name, toAttribute(fact)]),
        ),
      })
    },
    close: () => provider.shutdown(),
  }
}

const toAttribute = (fact: unknown): string | number | boolean =>
  typeof fact === 'string' || typeof fact === 'number' || typeof fact === 'boolean'
    ? fact
    : JSON.stringify(fact)

type Numbers = MetricObjectWithValues<MetricValueWithName<string>>[]

export interface MetricSource {
  /** The registry's metrics, read anew. */
  read(): Promise<Numbers>
  /** As they stand: at the end of a process the queue that they would ask is closed. */
  last(): Promise<Numbers>
  /** Milliseconds since 1970. */
  now(): number
}

/**
 * Sends the numbers of `/metrics`, under the same names and labels, every `everyMs`.
 * @returns how it ends, with the numbers of the last moment
 */
export async function exportMetrics(
  collector: Collector,
  source: MetricSource,
  everyMs = 60_000,
): Promise<() => Promise<void>> {
  const [{ ValueType }, sdk, { OTLPMetricExporter }, resource] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-metrics'),
    import('@opentelemetry/exporter-metrics-otlp-http'),
    resourceOf(collector),
  ])
  const since = source.now()
  let isEnding = false
  const collect = async (): Promise<CollectionResult> => {
    const scope = { name: 'torikomi', version: collector.version }
    const numbers = await (isEnding ? source.last() : source.read())
    const metrics = toMetricData({ ...sdk, ValueType }, numbers, {
      from: toHrTime(since),
      to: toHrTime(source.now()),
    })
    return { resourceMetrics: { resource, scopeMetrics: [{ scope, metrics }] }, errors: [] }
  }
  // What is tried again for longer than that meets the next.
  const withinMs = Math.min(EXPORT_MS, everyMs)
  const reader = new sdk.PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter({ url: urlOf(collector, 'metrics'), timeoutMillis: withinMs }),
    exportIntervalMillis: everyMs,
    exportTimeoutMillis: withinMs,
    metricProducers: [{ collect }],
  })
  const provider = new sdk.MeterProvider({ resource, readers: [reader] })
  return () => {
    isEnding = true
    return provider.shutdown()
  }
}

const toHrTime = (ms: number): HrTime => [Math.floor(ms / 1_000), Math.round((ms % 1_000) * 1e6)]

interface Span {
  from: HrTime
  to: HrTime
}

/** The SDK, which is loaded where an endpoint is set. */
type Sdk = Pick<typeof import('@opentelemetry/sdk-metrics'), 'AggregationTemporality' | 'DataPointType'> &
  Pick<typeof import('@opentelemetry/api'), 'ValueType'>

/** A metric without a value yet is left out. */
export function toMetricData(
  { AggregationTemporality, DataPointType, ValueType }: Sdk,
  metrics: Readonly<Numbers>,
  span: Span,
): MetricData[] {
  return metrics.flatMap((metric): MetricData[] => {
    const { name, help, type, values } = metric
    if (values.length === 0) return []
    const common = {
      descriptor: {
        name,
        description: help,
        unit: name.endsWith('_seconds') ? 's' : '',
        valueType: ValueType.DOUBLE,
      },
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
    }
    const kind = String(type)
    if (kind === 'histogram')
      return [{ ...common, dataPointType: DataPointType.HISTOGRAM, dataPoints: toHistograms(metric, span) }]
    const dataPoints = values.map(({ labels, value }) => toPoint(labels, value, span))
    return kind === 'counter'
      ? [{ ...common, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints }]
      : [{ ...common, dataPointType: DataPointType.GAUGE, dataPoints }]
  })
}

const toPoint = <T>(labels: object, value: T, { from, to }: Span): DataPoint<T> => ({
  startTime: from,
  endTime: to,
  attributes: { ...labels },
  value,
})

/** Prometheus counts a bucket with all below it, OTLP each alone. */
function toHistograms({ name, values }: Numbers[number], span: Span): DataPoint<Histogram>[] {
  const series = Map.groupBy(values, ({ labels }) => JSON.stringify({ ...labels, le: undefined }))
  return [...series.values()].map((own) => {
    const sumOf = (suffix: string) => own.find(({ metricName }) => metricName === name + suffix)?.value ?? 0
    const buckets = own.filter(({ metricName }) => metricName === `${name}_bucket`)
    const bounded = buckets.filter(({ labels }) => labels.le !== '+Inf')
    const upTo = [...bounded.map(({ value }) => value), sumOf('_count')]
    const { le: _, ...labels } = own[0]?.labels ?? {}
    return toPoint(
      labels,
      {
        buckets: {
          boundaries: bounded.map((bucket) => Number(bucket.labels.le)),
          counts: upTo.map((count, place) => count - (upTo[place - 1] ?? 0)),
        },
        sum: sumOf('_sum'),
        count: sumOf('_count'),
      },
      span,
    )
  })
}
