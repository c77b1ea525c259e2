import { once } from 'node:events'
import { request as overHttp, type RequestOptions } from 'node:http'
import { request as overHttps } from 'node:https'
import { text } from 'node:stream/consumers'

/**
 * A client that writes addresses of its own into X-Forwarded-For. Runs in a container of the service's image,
 * without the rest of the tests. `refused <url>…`: no url may answer. `chooses <url> <operator key>`: the
 * audit must name another address than the written ones. `guesses <url>`: wrong passwords must be refused
 * with 429, though each try has another address in front. Else it ends with 1.
 */

const [what, ...given] = process.argv.slice(2)

/** TEST-NET addresses (RFC 2544), which nobody has. */
const forged = (n: number): string => `198.18.${n}.1, 198.18.${n}.2, 198.18.${n}.3`

interface Ask {
  method?: string
  key?: string
  body?: unknown
  forwardedFor?: string
}

/** Caddy serves `localhost`, whatever name leads to it. */
async function ask(url: string, { method = 'GET', key, body, forwardedFor }: Ask = {}) {
  const headers: Record<string, string> = { host: 'localhost', connection: 'close' }
  if (key !== undefined) headers.authorization = `Bearer ${key}`
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (forwardedFor !== undefined) headers['x-forwarded-for'] = forwardedFor
  const options: RequestOptions = { method, headers, signal: AbortSignal.timeout(30_000) }
  const sent = url.startsWith('https:')
    ? overHttps(url, { ...options, servername: 'localhost' })
    : overHttp(url, options)
  sent.end(body === undefined ? undefined : JSON.stringify(body))
  const [answer] = await once(sent, 'response')
  return { status: answer.statusCode as number, body: await text(answer) }
}

async function answers(url: string): Promise<boolean> {
  const tried = ask(`${url}/healthz`).then(
    () => true,
    () => false,
  )
  return Promise.race([tried, new Promise<boolean>((resolve) => setTimeout(resolve, 3_000, false).unref())])
}

async function seenAs(url: string, key: string): Promise<string[]> {
  const name = { name: 'forged address' }
  const made = await ask(`${url}/v1/admin/tenants`, {
    method: 'POST',
    key,
    body: name,
    forwardedFor: forged(66),
  })
  const { id } = JSON.parse(made.body)
  const { body } = await ask(`${url}/v1/admin/audit?target=${id}`, { key })
  const { audit } = JSON.parse(body) as { audit: { source: string }[] }
  return audit.map(({ source }) => source)
}

async function statusesOfGuesses(url: string): Promise<number[]> {
  const body = { email: `nobody-${Date.now()}@example.jp`, password: 'wrong wrong wrong' }
  const statuses: number[] = []
  for (let n = 1; n <= 12; n += 1)
    statuses.push((await ask(`${url}/v1/session`, { method: 'POST', body, forwardedFor: forged(n) })).status)
  return statuses
}

async function isGood(): Promise<boolean> {
  const [url = '', key = ''] = given
  switch (what) {
    case 'refused':
      return !(await Promise.all(given.map(answers))).includes(true)
    case 'chooses': {
      const sources = await seenAs(url, key)
      console.log(`  seen as ${sources.join(', ')}`)
      return sources.length > 0 && !sources.some((source) => source.startsWith('198.18.'))
    }
    case 'guesses': {
      const statuses = await statusesOfGuesses(url)
      console.log(`  ${statuses.join(' ')}`)
      return (
        statuses.slice(0, 9).every((status) => status === 401) &&
        statuses.slice(9).every((status) => status === 429)
      )
    }
    default:
      throw new Error(`unknown: ${what}`)
  }
}

process.exit((await isGood()) ? 0 : 1)
