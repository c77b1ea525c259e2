import { parseJson } from './errors.ts'

/** Two servers might name each other. */
const MOST_MOVES = 3

/**
 * Asks, and asks again where the tenant has moved to, with the key: a redirect that is followed by itself leaves the
 * key out at another host. It is given to no host but one that the service itself names, by https.
 */
export async function askWhereItWorks(ask: typeof fetch, url: string, init: RequestInit): Promise<Response> {
  let at = url
  for (let moves = 0; ; moves++) {
    const response = await ask(at, { ...init, redirect: 'manual' })
    const next = moves < MOST_MOVES ? await movedTo(at, response) : null
    if (next !== null) at = next
    else if (isOfOthers(response)) return ask(at, init)
    else return response
  }
}

/** A proxy has answered, or a browser shows no redirect. */
const isOfOthers = ({ status, type }: Response): boolean =>
  [301, 302, 303, 307].includes(status) || type === 'opaqueredirect'

async function movedTo(from: string, response: Response): Promise<string | null> {
  const to = response.headers.get('location')
  if (response.status !== 308 || to === null || !mayBeGivenTheKey(to, from)) return null
  const body = parseJson(await response.clone().text())
  const isOurs = typeof body === 'object' && body !== null && 'code' in body && body.code === 'TENANT_MOVED'
  return isOurs ? to : null
}

function mayBeGivenTheKey(to: string, from: string): boolean {
  if (!URL.canParse(to)) return false
  const isLocal = (url: string) => ['127.0.0.1', 'localhost'].includes(new URL(url).hostname)
  return new URL(to).protocol === 'https:' || (isLocal(to) && isLocal(from))
}
