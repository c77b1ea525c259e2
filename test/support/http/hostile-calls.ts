import fc from 'fast-check'

/**
 * Calls that mean harm, or come from a broken program: made from the OpenAPI document, so that a new route is
 * among them.
 */

interface Parameter {
  name: string
  in: string
}

interface Operation {
  operationId: string
  parameters?: Parameter[]
  requestBody?: {
    content: Record<string, { example?: unknown; examples?: Record<string, { value: unknown }> }>
  }
}

export interface Target {
  operationId: string
  method: string
  path: string
  parameters: Parameter[]
  bodies: unknown[]
}

export interface HostileCall {
  operationId: string
  method: string
  url: string
  headers: Record<string, string>
  body?: string
}

export function targetsOf(document: { paths: Record<string, Record<string, unknown>> }): Target[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Operation>).map(([method, operation]) => {
      const media = operation.requestBody?.content['application/json']
      const examples = Object.values(media?.examples ?? {}).map(({ value }) => value)
      return {
        operationId: operation.operationId,
        method: method.toUpperCase(),
        path,
        parameters: operation.parameters ?? [],
        bodies: media === undefined ? [] : examples.length > 0 ? examples : [media.example ?? {}],
      }
    }),
  )
}

const TIMES = [
  '0000-01-01T00:00:00Z',
  '0000-01-01T00:00:00.000Z',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999Z',
  '2026-01-15T00:00:00+16:00',
  '2026-01-15T00:00:00-16:00',
  '2026-02-30T00:00:00Z',
  '-271821-04-20T00:00:00Z',
  '0000-01-01',
  '2026-02-30',
  '9999-12-31',
]

const UUID = '0199c0de-0000-7000-8000-000000000000'

const cursor = (...values: unknown[]): string => Buffer.from(JSON.stringify(values)).toString('base64url')

const hostileText = fc.oneof(
  fc.constantFrom(
    ...TIMES,
    ...TIMES.map((time) => cursor(time, UUID)),
    ...[
      '',
      ' ',
      '\0',
      'a\0b',
      '\ud800',
      'x\udfff',
      '𠮷野家🚀',
      '\u202eabc',
      '%',
      '%00',
      '../../etc/passwd',
      "' or 1=1 --",
    ],
    ...[
      '__proto__',
      'constructor',
      'toString',
      'null',
      'true',
      '-1',
      '0',
      '1e309',
      '9'.repeat(40),
      '0x10',
      'NaN',
      '1.5',
    ],
    ...[
      'a'.repeat(20_000),
      '\n'.repeat(500),
      'あ'.repeat(5_000),
      '{}',
      '[]',
      UUID,
      UUID.toUpperCase(),
      cursor(UUID),
      cursor(),
    ],
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 200 }),
)

const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(
      ...[null, true, false, 0, -1, 0.1, 2 ** 31, 2 ** 53, 1e308, -1e308, 5e-324],
      ...[[], {}, [[]], [null], { '': '' }, { 'a\0': 1 }, { '\ud800': 1 }, { constructor: { prototype: 1 } }],
      ...[Array.from({ length: 2_000 }, (_, n) => `n-${n}`), Array.from({ length: 300 }, () => ({}))],
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
)

const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`
const rawBody = fc.constantFrom(
  ...[
    deep(5_000),
    deep(65),
    `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
    '{"a":"\\ud800"}',
    '{"\\udc00":1}',
  ],
  ...[
    '',
    ' ',
    '{',
    '[',
    '"',
    '{"a":1,}',
    '\uFEFF{}',
    '{"__proto__":1}',
    'null',
    '1e999',
    '"\\u0000"',
    'NaN',
    '\0',
  ],
)

/** Puts a value somewhere into what the document gives as an example. */
function planted(example: unknown, value: unknown, place: number): unknown {
  const copy: unknown = structuredClone(example)
  const places: [Record<string, unknown>, string][] = []
  const walk = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return
    for (const key of Object.keys(part)) {
      places.push([part as Record<string, unknown>, key])
      walk((part as Record<string, unknown>)[key])
    }
  }
  walk(copy)
  const [at, key] = places[place % Math.max(places.length, 1)] ?? []
  if (at === undefined || key === undefined) return value
  at[key] = value
  return copy
}

const bodyOf = ({ bodies }: Target): fc.Arbitrary<string | undefined> => {
  if (bodies.length === 0) return fc.option(rawBody, { nil: undefined, freq: 6 })
  const example = fc.constantFrom(...bodies)
  return fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .tuple(example, hostileValue, fc.nat(200))
        .map((parts) => JSON.stringify(planted(...parts))),
    },
    { weight: 1, arbitrary: hostileValue.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: rawBody },
    { weight: 1, arbitrary: example.map((body) => JSON.stringify(body)) },
  )
}

/** @param ids that exist, so that a call comes further than "no such thing" */
export function hostileCalls(targets: readonly Target[], ids: readonly string[]): fc.Arbitrary<HostileCall> {
  const pathValue = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...ids) },
    { weight: 1, arbitrary: hostileText },
  )
  return fc.constantFrom(...targets).chain((target) => {
    const { parameters } = target
    const values = parameters.map(({ in: where }) =>
      where === 'path' ? pathValue : fc.option(hostileText, { nil: undefined, freq: 1 }),
    )
    return fc.tuple(fc.tuple(...values), bodyOf(target)).map(([given, body]) => toCall(target, given, body))
  })
}

function toCall(
  target: Target,
  given: readonly (string | undefined)[],
  body: string | undefined,
): HostileCall {
  let { path } = target
  const query: string[] = []
  const headers: Record<string, string> = {}
  for (const [index, { name, in: where }] of target.parameters.entries()) {
    const value = given[index]
    if (value === undefined) continue
    if (where === 'path') path = path.replace(`{${name}}`, encoded(value))
    else if (where === 'query') query.push(`${name}=${encoded(value)}`)
    // What a client of HTTP lets through at all.
    else headers[name.toLowerCase()] = value.replace(/[^\x20-\x7e]/g, '?').slice(0, 2_000)
  }
  // Else it goes on for an hour.
  if (target.operationId === 'streamEvents') query.push('maxSeconds=0')
  return {
    operationId: target.operationId,
    method: target.method,
    headers,
    url: query.length > 0 ? `${path}?${query.join('&')}` : path,
    ...(body === undefined ? {} : { body }),
  }
}

/** Half a surrogate goes out as the bytes that a careless program sends. */
const encoded = (text: string): string =>
  text.isWellFormed() ? encodeURIComponent(text) : `%ED%A0%80${encodeURIComponent(text.toWellFormed())}`
