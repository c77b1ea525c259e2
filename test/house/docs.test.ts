import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { SETTINGS } from '../../src/config/schema.ts'
import { createMetrics } from '../../src/platform/metrics.ts'
import { TRIES } from '../bench/attack-rows.ts'

/** What the pages name must be there: files, functions, commands, settings, codes, metrics and routes. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const find = (...patterns: string[]) =>
  globSync(patterns, { cwd: ROOT, exclude: (path) => /node_modules|src\/generated/.test(path) })

const PAGES = find('docs/**/*.md', 'README*.md', 'CONTRIBUTING.md').sort()
const SOURCES = find('src/**/*.ts', 'sandbox/**/*.ts')
const code = SOURCES.map(read).join('\n')
const around = find('docker-compose*.yml', 'scripts/*', 'test/**/*.ts', '.ci/run', 'Dockerfile')
  .map(read)
  .join('\n')
const settings = Object.keys(SETTINGS)

const unique = (values: Iterable<string>) => [...new Set(values)].sort()
const matches = (text: string, pattern: RegExp) =>
  unique([...text.matchAll(pattern)].map((match) => match[1] ?? match[0]))
/** What stands in backticks or in a block of code. */
const codeIn = (page: string) => matches(page, /```[\s\S]*?```|`[^`\n]+`/g).join('\n')
const isWord = (word: string, text: string) => new RegExp(`(?<![\\w$])${word}(?![\\w$])`).test(text)
/** A mall's code may be put together from its name and a common ending. */
const isCode = (word: string, text: string) =>
  isWord(word, text) ||
  (/^(?:RAKUTEN|YAHOO|AMAZON|AUPAY)_/.test(word) &&
    new RegExp(`['_]${word.replace(/^[A-Z]+_/, '')}['\`]`).test(text))

/** As GitHub makes them of headings. */
const anchorsOf = (page: string) =>
  new Set(
    [...page.replace(/^ *```[\s\S]*?^ *```/gm, '').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}_\- ]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )

describe.each(PAGES)('%s', (name) => {
  const page = read(name)
  const quoted = codeIn(page)

  test('names files that exist', () => {
    const inText = matches(quoted, /(?<![\w./@-])(?:src|sandbox|test|docs|prisma|scripts)\/[\w.*/-]*[\w*/]/g)
    const links = matches(page, /\]\((?!https?:|#)([^)#\s]+)/g).map((link) =>
      normalize(join(dirname(name), link)),
    )
    expect([...inText, ...links].filter((path) => find(path).length === 0)).toEqual([])
  })

  test('links to headings that are there', () => {
    const links = [...page.matchAll(/\]\(([^)\s#:]*)#([^)\s]+)\)/g)].map(([, to = '', anchor = '']) => ({
      to: to === '' ? name : normalize(join(dirname(name), to)),
      anchor,
    }))
    const gone = links.filter(({ to, anchor }) => to.endsWith('.md') && !anchorsOf(read(to)).has(anchor))
    expect(gone).toEqual([])
  })

  test('names commands of package.json', () => {
    const scripts = Object.keys(packageJson.scripts)
    const named = matches(quoted, /npm run ([\w:-]+)/g).concat(matches(quoted, /npm (test|start)\b/g))
    expect(named.filter((script) => !scripts.includes(script))).toEqual([])
  })

  test('names settings, codes and constants that the code knows', () => {
    const upper = matches(quoted, /(?<![\w$…-])[A-Z][A-Z0-9]*_[A-Z0-9_]*[A-Z0-9](?![\w$…])/g)
    const outside = ['NODE_EXTRA_CA_CERTS']
    const known = (word: string) =>
      settings.includes(word) || outside.includes(word) || isCode(word, code) || isWord(word, around)
    expect(upper.filter((word) => !known(word))).toEqual([])
  })

  test('names functions that are there', () => {
    const named = matches(quoted, /(?<![\w$.])([a-z]\w+)\(\)/g)
    expect(
      named.filter((word) => !isWord(word, code) && !isWord(word, around) && word !== 'setTimeout'),
    ).toEqual([])
  })

  test('names routes that are served', () => {
    const served = read('docs/routes.txt')
      .split('\n')
      .map((line) => line.replace(/\s+/g, ' ').trim())
    const named = matches(quoted, /\b((?:GET|POST|PATCH|PUT|DELETE) \/[\w/{}<>-]*)/g)
    expect(named.filter((route) => !served.includes(route.replace(/\{(\w+)\}/g, ':$1')))).toEqual([])
  })
})

describe('docs/operations.md is whole', () => {
  const page = read('docs/operations.md')

  test('every metric is explained, and no other', async () => {
    const there = (await createMetrics().registry.getMetricsAsJSON()).map((metric) => metric.name).sort()
    const named = matches(page, /torikomi_[a-z_]*[a-z]\b(?!_\*|\*)/g)
    const ofProcess = ['torikomi_process', 'torikomi_nodejs', 'torikomi_queue', 'torikomi_lanes']
    expect(named.filter((metric) => !ofProcess.includes(metric))).toEqual(there)
  })

  test('every code that puts a shop or a mailbox under attention has its line', () => {
    const malls = SOURCES.filter(
      (path) => /^src\/(marketplaces|shops)\//.test(path) && !isTestCode(path),
    ).map(read)
    const shop = malls.flatMap((text) =>
      matches(text, /(?:'unauthorised',\s+(?:code: )?|\bunauthorised\(\s*)'([A-Z_]+)'/g),
    )
    const union = /type MailboxFailureCode =([^\n]*\n(?: {2}\|[^\n]*\n)*)/.exec(
      read('src/mail/listener/failures.ts'),
    )?.[1]
    const ofTokens = /type MailAuthCode =([^\n]*\n(?: {2}\|[^\n]*\n)*)/.exec(
      read('src/shops/mailboxes/oauth/failures.ts'),
    )?.[1]
    const mailbox = matches(`${union}${ofTokens}`, /'(\w+)'/g)
    expect(shop.length).toBeGreaterThan(10)
    expect(mailbox.length).toBeGreaterThan(5)
    expect(
      [...shop, ...mailbox].filter((word) => !new RegExp(`^\\| \`${word}\` +\\|`, 'm').test(page)),
    ).toEqual([])
  })
})

/** What a run writes, and the repository may not have yet. */
const WRITTEN = ['docs/reliability/life/faults.json']

test('comments name files that exist', () => {
  const files = find('{src,sandbox,scripts,test}/**/*.{ts,tsx,mjs}')
  expect(files.length).toBeGreaterThan(1_000)
  const gone = files.flatMap((file) => {
    const comments = matches(read(file), /^\s*(?:\/?\*\*?|\/\/)[^\n]*/gm).join('\n')
    const named = matches(
      comments,
      /(?<![\w./@-])(?:src|sandbox|test|docs|prisma|scripts|clients)\/[\w./-]*\w\.(?:tsx?|mjs|md|sql|json|prisma|sh)\b/g,
    )
    return named
      .filter((path) => !WRITTEN.includes(path) && !existsSync(join(ROOT, path)))
      .map((path) => `${file}: ${path}`)
  })
  expect(gone).toEqual([])
})

const isTestCode = (path: string) =>
  /\.test\.ts$|\/test-kit\.ts$|\/fixtures\/|\/conformance[\w-]*\.ts$/.test(path)

test('each wall of docs/security.md names a test that is there, by its file and first words', () => {
  const [, section = ''] = read('docs/security.md').split('## Walls, and the test that holds each')
  const lines = section.split('\n').filter((line) => line.startsWith('|'))
  expect(lines.length).toBeGreaterThan(60)
  const rows = new Map(
    [...Object.entries(TRIES.races), ...Object.entries(TRIES.matrices)].flatMap(([row, its]) =>
      its.map((file) => [file, row] as const),
    ),
  )
  expect([...rows.keys()].filter((file) => !existsSync(join(ROOT, file)))).toEqual([])
  let group = ''
  const missing = lines.slice(2).filter((line) => {
    const [, heading] = /^\| \*\*(.+)\*\* \| \|$/.exec(line) ?? []
    if (heading !== undefined) {
      group = heading
      return false
    }
    const [, file, words = ''] = /^\| [^|]+ \| `((?:test|src)\/[^`]+)`: ([^|]+) \|$/.exec(line) ?? []
    // A flood is no test file: any file may hold what stops one.
    if (file === undefined || (group !== 'floods' && rows.get(file) !== group)) return true
    const titles = [...read(file).matchAll(/(?:\b(?:test|it)|\]\)|\})\(\s*(['"`])((?:(?!\1)[^\n])+)\1/g)]
    const named = new Set(titles.flatMap(([, , title = '']) => (title.startsWith(words) ? title : [])))
    return named.size !== 1
  })
  expect(missing).toEqual([])
})
