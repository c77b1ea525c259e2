import { factsOf } from '../../platform/narrow.ts'
import type { OpenApiMedia, PlacedOperation } from './model.ts'

/**
 * A call of each operation in four languages, with nothing but what each language brings along. `/docs` shows
 * them (`x-codeSamples`, as other viewers know it); the tests compile all of them.
 */
interface Sample {
  lang: 'TypeScript' | 'C#' | 'Python' | 'Java'
  source: string
}

interface Call {
  method: string
  /** With its query. */
  path: string
  /** Values are texts, or what only a running program has. */
  headers: [name: string, value: string | Live][]
  body: { type: string; text: string } | null
}

type Live = 'key' | 'operator key' | 'session' | 'new id'

export function samplesOf(placed: PlacedOperation): Sample[] {
  const call = callOf(placed)
  return [
    { lang: 'TypeScript', source: typescript(call) },
    { lang: 'C#', source: csharp(call) },
    { lang: 'Python', source: python(call) },
    { lang: 'Java', source: java(call) },
  ]
}

function callOf({ path, method, operation }: PlacedOperation): Call {
  const { parameters = [], security, requestBody } = operation
  const wanted = parameters.flatMap(({ name, in: place, required, example, schema }) => {
    const [first] = [schema?.examples].flat()
    const value = example ?? first ?? (required ? schema?.default : undefined)
    return value === undefined && !required ? [] : [{ name, place, value: String(value ?? `<${name}>`) }]
  })
  const at = (place: string) => wanted.filter((one) => one.place === place)
  const filled = at('path').reduce(
    (text, { name, value }) => text.replace(`{${name}}`, encodeURIComponent(value)),
    path,
  )
  const query = new URLSearchParams(
    at('query').map(({ name, value }): [string, string] => [name, value]),
  ).toString()
  const body = bodyOf(requestBody?.content ?? {})
  const [first] = security ?? [{ apiKey: [] }]
  const own = at('header').map(({ name, value }): [string, string | Live] => [
    name,
    name === 'idempotency-key' ? 'new id' : value,
  ])
  // A POST that takes a key is safe to send again only with one.
  const takesKey = parameters.some(({ name }) => name === 'idempotency-key')
  const isNamed = own.some(([name]) => name === 'idempotency-key')
  return {
    method: method.toUpperCase(),
    path: query === '' ? filled : `${filled}?${query}`,
    headers: [
      ...keyOf(path, factsOf(first)),
      ...own,
      ...(takesKey && !isNamed ? ([['idempotency-key', 'new id']] as const) : []),
    ].map(([name, value]) => [name, value]),
    body,
  }
}

function keyOf(path: string, scheme: Readonly<Record<string, unknown>>): [string, Live][] {
  if (scheme.session !== undefined) return [['cookie', 'session']]
  if (scheme.apiKey === undefined) return []
  return [['authorization', path.startsWith('/v1/admin/') ? 'operator key' : 'key']]
}

function bodyOf(content: Readonly<Record<string, OpenApiMedia>>): Call['body'] {
  const [[type, media] = ['', undefined]] = Object.entries(content)
  if (media === undefined) return null
  const [shown] = Object.values(factsOf(media.examples)).map((one) => factsOf(one).value)
  const value = media.example ?? shown ?? {}
  return { type, text: typeof value === 'string' ? value : JSON.stringify(value, null, 2) }
}

const VARIABLES = {
  key: 'TORIKOMI_API_KEY',
  'operator key': 'TORIKOMI_OPERATOR_KEY',
  session: 'TORIKOMI_COOKIE',
} as const

const text = (value: string): string => JSON.stringify(value)
const isLive = (value: string): value is Live => value === 'new id' || Object.hasOwn(VARIABLES, value)

/** @param of how the language says a variable of the environment, an id, and two texts behind each other */
function headerValue(
  value: string | Live,
  of: { variable: (name: string) => string; id: string; join: (one: string, other: string) => string },
): string {
  if (!isLive(value)) return text(value)
  if (value === 'new id') return of.id
  const variable = of.variable(VARIABLES[value])
  return value === 'session' ? variable : of.join(text('Bearer '), variable)
}

const plus = (one: string, other: string): string => `${one} + ${other}`

function typescript({ method, path, headers, body }: Call): string {
  const all = body ? [...headers, ['content-type', body.type] as const] : headers
  const of = { variable: (name: string) => `process.env.${name}`, id: 'crypto.randomUUID()', join: plus }
  return `const answer = await fetch(process.env.TORIKOMI_URL + ${text(path)}, {
  method: ${text(method)},
  headers: {
${all.map(([name, value]) => `    ${text(name)}: ${headerValue(value, of)},`).join('\n')}
  } as Record<string, string>,${body ? `\n  body: ${bodyText(body)},` : ''}
})
if (!answer.ok) throw new Error(\`\${answer.status} \${await answer.text()}\`)
console.log(await answer.text())
`
}

const bodyText = ({ type, text: given }: NonNullable<Call['body']>): string =>
  type.includes('json') ? `JSON.stringify(${given.replaceAll('\n', '\n  ')})` : text(given)

function csharp({ method, path, headers, body }: Call): string {
  const of = {
    variable: (name: string) => `Environment.GetEnvironmentVariable("${name}")`,
    id: 'Guid.NewGuid().ToString()',
    join: plus,
  }
  const lines = headers.map(
    ([name, value]) => `request.Headers.TryAddWithoutValidation(${text(name)}, ${headerValue(value, of)});`,
  )
  return `// using System; using System.Net.Http; using System.Text;
var client = new HttpClient { BaseAddress = new Uri(Environment.GetEnvironmentVariable("TORIKOMI_URL")) };
var request = new HttpRequestMessage(new HttpMethod(${text(method)}), ${text(path)});
${lines.map((line) => `${line}\n`).join('')}${
  body
    ? `request.Content = new StringContent(@"${body.text.replaceAll('"', '""')}", Encoding.UTF8, ${text(body.type)});\n`
    : ''
}using (var answer = await client.SendAsync(request))
{
    var text = await answer.Content.ReadAsStringAsync();
    if (!answer.IsSuccessStatusCode) throw new Exception((int)answer.StatusCode + " " + text);
    Console.WriteLine(text);
}
`
}

function python({ method, path, headers, body }: Call): string {
  const of = { variable: (name: string) => `os.environ["${name}"]`, id: 'str(uuid.uuid4())', join: plus }
  const all = body ? [...headers, ['content-type', body.type] as const] : headers
  return `import os, urllib.request, uuid

request = urllib.request.Request(
    os.environ["TORIKOMI_URL"] + ${text(path)},
    method=${text(method)},
    headers={
${all.map(([name, value]) => `        ${text(name)}: ${headerValue(value, of)},`).join('\n')}
    },${body ? `\n    data=r"""${body.text}""".encode(),` : ''}
)
with urllib.request.urlopen(request) as answer:
    print(answer.read().decode())
`
}

function java({ method, path, headers, body }: Call): string {
  const of = {
    variable: (name: string) => `System.getenv("${name}")`,
    id: 'UUID.randomUUID().toString()',
    join: plus,
  }
  const all = body ? [...headers, ['content-type', body.type] as const] : headers
  const lines = (body?.text ?? '').split('\n').map((line) => text(line))
  const publisher = body ? `ofString(\n        ${lines.join(' + "\\n"\n        + ')})` : 'noBody()'
  return `// import java.net.URI; import java.net.http.*; import java.util.UUID;
var request = HttpRequest.newBuilder(URI.create(System.getenv("TORIKOMI_URL") + ${text(path)}))
${all.map(([name, value]) => `    .header(${text(name)}, ${headerValue(value, of)})\n`).join('')}    .method(${text(method)}, HttpRequest.BodyPublishers.${publisher})
    .build();
var answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
if (answer.statusCode() >= 400) throw new IllegalStateException(answer.statusCode() + " " + answer.body());
System.out.println(answer.body());
`
}
