import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

/**
 * Who may import whom, as docs/architecture.md draws it. Type imports count: whoever reads a type of a room
 * has to know that room. There is no list of exceptions.
 */

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const isTest = (path: string) => path.endsWith('.test.ts')
const files = globSync('src/**/*.ts', {
  cwd: ROOT,
  exclude: (path) => /src\/generated|node_modules/.test(path),
})
const IMPORT = /^\s*(?:import|export)\b[^'"]*?['"](\.[^'"]+)['"]|\bimport\(\s*['"](\.[^'"]+)['"]/gm

interface Import {
  from: string
  to: string
}
const importsOf = (path: string): Import[] =>
  [...readFileSync(join(ROOT, path), 'utf8').matchAll(IMPORT)].map(([, still, dynamic]) => ({
    from: path,
    to: normalize(join(dirname(path), still ?? dynamic ?? '')),
  }))
const all = files.flatMap(importsOf)
const imports = all.filter(
  ({ from, to }) => !isTest(from) && to.startsWith('src/') && !to.startsWith('src/generated/'),
)

/** Each room, with the rooms that stand below it. */
const BELOW: Readonly<Record<string, readonly string[]>> = {
  platform: [],
  http: ['platform'],
  marketplaces: ['platform'],
  config: ['marketplaces', 'platform'],
  installation: ['http', 'platform'],
  shops: ['http', 'marketplaces', 'platform'],
  notices: ['shops', 'http', 'marketplaces', 'platform'],
  staff: ['shops', 'http', 'marketplaces', 'platform'],
  events: ['shops', 'http', 'marketplaces', 'platform'],
  webhooks: ['shops', 'http', 'marketplaces', 'platform'],
  worker: ['shops', 'http', 'marketplaces', 'platform'],
  orders: ['shops', 'http', 'marketplaces', 'platform'],
  'order-files': ['orders', 'shops', 'http', 'marketplaces', 'platform'],
  packing: ['orders', 'shops', 'http', 'marketplaces', 'platform'],
  labels: ['packing', 'orders', 'shops', 'http', 'marketplaces', 'platform'],
  marks: ['orders', 'shops', 'http', 'marketplaces', 'platform'],
  figures: ['shops', 'http', 'marketplaces', 'platform'],
  sorting: ['marks', 'orders', 'shops', 'http', 'marketplaces', 'platform'],
  imports: ['worker', 'orders', 'shops', 'http', 'marketplaces', 'platform'],
  'site-changes': ['worker', 'orders', 'shops', 'http', 'marketplaces', 'platform'],
  rehearsal: ['site-changes', 'worker', 'orders', 'shops', 'http', 'marketplaces', 'platform'],
  reconciliation: ['imports', 'worker', 'orders', 'shops', 'http', 'marketplaces', 'platform'],
  notifications: ['imports', 'orders', 'shops', 'http', 'marketplaces', 'platform'],
  why: [
    ...['mail', 'reconciliation', 'imports', 'worker', 'orders', 'shops'],
    ...['http', 'marketplaces', 'platform'],
  ],
  mcp: ['orders', 'shops', 'http', 'marketplaces', 'platform'],
  mail: ['reconciliation', 'imports', 'orders', 'shops', 'http', 'marketplaces', 'platform'],
  app: [
    ...[
      'installation',
      'why',
      'mcp',
      'mail',
      'notifications',
      'reconciliation',
      'imports',
      'rehearsal',
      'site-changes',
      'worker',
      'labels',
      'figures',
      'packing',
      'order-files',
      'sorting',
      'marks',
      'orders',
      'events',
      'notices',
      'webhooks',
      'staff',
      'shops',
    ],
    ...['http', 'marketplaces', 'platform', 'config'],
  ],
  main: ['app', 'config', 'platform'],
  // Beside the service: what an operator runs by hand.
  // By hand what the service does by itself, in whatever room; and every room's sealed columns.
  ops: [
    ...['app', 'installation', 'mail', 'notifications', 'notices', 'events', 'imports', 'marks', 'orders'],
    ...['figures', 'order-files', 'rehearsal', 'sorting', 'staff', 'shops'],
    ...['http', 'marketplaces', 'platform', 'config'],
  ],
}

const roomOf = (path: string) => /^src\/([\w-]+)(?:\/|\.ts$)/.exec(path)?.[1] ?? path
const mallOf = (path: string) => /^src\/marketplaces\/(?!port|kit|quota)(\w+)\//.exec(path)?.[1]

describe('imports run one way', () => {
  test('between the rooms', () => {
    const wrong = imports.filter(({ from, to }) => {
      const [upper, lower] = [roomOf(from), roomOf(to)]
      return upper !== lower && !BELOW[upper]?.includes(lower)
    })
    expect(imports.length).toBeGreaterThan(300)
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([])
  })

  test('a mall does not know another', () => {
    const wrong = imports.filter(({ from, to }) => {
      const [mall, other] = [mallOf(from), mallOf(to)]
      return mall !== undefined && other !== undefined && mall !== other
    })
    expect(wrong).toEqual([])
  })

  test('the port of the malls knows neither a mall nor what malls share', () => {
    const wrong = imports.filter(
      ({ from, to }) =>
        from.startsWith('src/marketplaces/port/') && !/^src\/(platform|marketplaces\/port)\//.test(to),
    )
    expect(wrong).toEqual([])
  })

  test('nothing in src imports the sandbox or the tests, tests beside the code included', () => {
    expect(all.filter(({ to }) => /^(sandbox|test|scripts)\//.test(to) || to.startsWith('..'))).toEqual([])
  })
})

/** Strongly connected parts of more than one node (Tarjan). */
function circles(edges: readonly (readonly [string, string])[]): string[][] {
  const next = new Map<string, Set<string>>()
  for (const [from, to] of edges) if (from !== to) next.set(from, (next.get(from) ?? new Set()).add(to))
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const found: string[][] = []
  const visit = (node: string) => {
    index.set(node, index.size)
    low.set(node, index.get(node) ?? 0)
    stack.push(node)
    for (const other of next.get(node) ?? []) {
      if (!index.has(other)) visit(other)
      if (stack.includes(other)) low.set(node, Math.min(low.get(node) ?? 0, low.get(other) ?? 0))
    }
    if (low.get(node) !== index.get(node)) return
    const part = stack.splice(stack.indexOf(node))
    if (part.length > 1) found.push(part.sort())
  }
  for (const node of next.keys()) if (!index.has(node)) visit(node)
  return found
}

describe('no circles', () => {
  test('the search finds one', () => {
    const edge = (from: string, to: string) => [from, to] as const
    expect(circles([edge('a', 'b'), edge('b', 'c'), edge('c', 'a'), edge('c', 'd')])).toEqual([
      ['a', 'b', 'c'],
    ])
  })

  test('between files', () => {
    expect(circles(imports.map(({ from, to }) => [from, to]))).toEqual([])
  })

  /**
   * At every level: the sub-folders of one folder, each taken with all that is below it. A file beside them
   * is no folder, so that what a folder holds may stand on what it shares with its sub-folders.
   */
  test('between folders', () => {
    const found = [...new Set(files.map((path) => dirname(path)))].flatMap(withParents).flatMap((parent) => {
      const childOf = (path: string) => {
        const rest = path.startsWith(`${parent}/`) ? path.slice(parent.length + 1).split('/') : []
        return rest.length > 1 ? `${parent}/${rest[0]}` : null
      }
      return circles(
        imports.flatMap(({ from, to }) => {
          const [upper, lower] = [childOf(from), childOf(to)]
          return upper && lower ? [[upper, lower] as const] : []
        }),
      )
    })
    expect([...new Set(found.map((part) => part.join(' ')))]).toEqual([])
  })
})

const withParents = (folder: string): string[] =>
  folder === 'src' ? ['src'] : [folder, ...withParents(dirname(folder))]
