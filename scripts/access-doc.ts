import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Need } from '../src/http/access.ts'

/**
 * Makes the table of docs/security.md from docs/access.txt, which test/integration/http/openapi.test.ts
 * records of the operations.
 */

export const PAGE = new URL('../docs/security.md', import.meta.url)
const ACCESS = new URL('../docs/access.txt', import.meta.url)
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

/** Lines of docs/access.txt below its heading. */
export const readAccess = (): { method: string; url: string; need: string; audit: string[] }[] =>
  readFileSync(ACCESS, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [method = '', url = '', need = '', , , , , , audit = '-'] = line.split(/\s+/)
      return { method, url, need, audit: audit === '-' ? [] : audit.split(',') }
    })

export async function accessPage(): Promise<string> {
  const page = await readFile(PAGE, 'utf8')
  const lines = readAccess().filter(({ url }) => url.startsWith('/v1/') || url === '/admin/queues')
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
