import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Need, needOf } from '../src/http/access.ts'

/**
 * Makes the table of docs/security.md from docs/routes.txt and what src/http/access.ts asks of each. Run it
 * after adding a route.
 */

export const PAGE = new URL('../docs/security.md', import.meta.url)
const ROUTES = new URL('../docs/routes.txt', import.meta.url)
const BEGIN = '<!-- routes by role: node scripts/access-doc.ts -->'
const END = '<!-- end of routes -->'

const ORDER: readonly [Need, string][] = [
  ['anyone', 'nobody in particular: the link, the password or the key is in the request'],
  ['session', 'the browser’s own session, whatever it still owes'],
  ['read_only', 'all people and keys of the tenant'],
  ['staff', 'staff (担当者) and owners'],
  ['owner', 'owners (管理者)'],
  ['operator_without_personal_data', 'all of the operator’s people, and the operator key'],
  ['operator', 'the operator’s people who may see personal data, and the operator key'],
]

export async function accessPage(): Promise<string> {
  const [page, routes] = await Promise.all([readFile(PAGE, 'utf8'), readFile(ROUTES, 'utf8')])
  const lines = routes
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, url]) => url?.startsWith('/v1/') || url === '/admin/queues')
    .map(([method = '', url = '']) => ({ method, url, need: needOf(method, url) }))
  const table = ORDER.map(([need, who]) => {
    const mine = lines
      .filter((line) => line.need === need)
      .map(({ method, url }) => `\`${method} ${url.replace(/:(\w+)/g, '{$1}')}\``)
    return `| \`${need}\` | ${who} | ${mine.join(' ')} |`
  })
  const made = [BEGIN, '', '| role | who | routes |', '| --- | --- | --- |', ...table, '', END].join('\n')
  return page.slice(0, page.indexOf(BEGIN)) + made + page.slice(page.indexOf(END) + END.length)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(PAGE, await accessPage())
