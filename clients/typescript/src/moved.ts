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
    if (!(await isOurs(response))) return isOfOthers(response) ? ask(at, init) : response
    const to = response.headers.get('location')
    if (moves === MOST_MOVES || to === null || !mayBeGivenTheKey(to, at)) return response
    at = to
  }
}

/** A proxy has answered, or a browser shows no redirect. */
const isOfOthers = ({ status, type }: Response): boolean =>
  [301, 302, 303, 307, 308].includes(status) || type === 'opaqueredirect'

async function isOurs(response: Response): Promise<boolean> {
  if (response.status !== 308) return false
  const body = parseJson(await response.clone().text())
  return typeof body === 'object' && body !== null && 'code' in body && body.code === 'TENANT_MOVED'
}

function mayBeGivenTheKey(to: string, from: string): boolean {
  if (!URL.canParse(to)) return false
  const isLocal = (url: string) => ['127.0.0.1', 'localhost'].includes(new URL(url).hostname)
  return new URL(to).protocol === 'https:' || (isLocal(to) && isLocal(from))
}
