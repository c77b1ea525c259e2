import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Lists by their names what docs/releases.md promises beside the API. `node scripts/released-names.ts` prints
 * them for docs/released/ when a release is cut; test/house/releases.test.ts holds each later version to
 * them.
 */
export interface ReleasedNames {
  settings: string[]
  metrics: string[]
  alerts: string[]
  /** Of `npm run ops`, with the arguments that have to be given. */
  commands: string[]
  /** Exports of the TypeScript client. */
  typescript: string[]
  /** Public types of the C# client and their members, but for those that are made from the document. */
  csharp: string[]
}

/** @param root folder of a source tree, also of an older one */
export function releasedNames(root: string): ReleasedNames {
  const read = (path: string) => readFileSync(join(root, path), 'utf8')
  const all = (path: string, pattern: RegExp, name = (found: string) => found) =>
    sorted([...read(path).matchAll(pattern)].map(([, found = '']) => name(found)))
  const withPrefix = (name: string) => `torikomi_${name.replace(/^torikomi_/, '')}`
  return {
    settings: all('docs/settings.md', /^\| `([A-Z][A-Z0-9_]+)` \|/gm),
    metrics: all('src/platform/metrics.ts', /(?:counter|gauge|whole|name:)\(?\s*'([a-z_]+)'/g, withPrefix),
    alerts: all('docs/operations/alerts.yml', /^\s*- alert: (\w+)$/gm),
    commands: all('src/ops/commands.ts', /usage: '([^']+)'/g, (usage) => usage.replace(/ ?\[[^\]]*\]/g, '')),
    typescript: sorted(
      Object.entries(entriesOf(read)).flatMap(([path, { types }]) =>
        exportsOf(read(sourceOf(types))).map((name) => `${name} of ${path}`),
      ),
    ),
    csharp: sorted(
      globSync('clients/csharp/src/*.cs', { cwd: root })
        .filter((file) => basename(file) !== 'Types.cs')
        .flatMap((file) => membersOf(read(file))),
    ),
  }
}

const TYPESCRIPT = 'clients/typescript'

/** By the paths that programs import from. */
const entriesOf = (read: (path: string) => string) =>
  (JSON.parse(read(`${TYPESCRIPT}/package.json`)) as { exports: Record<string, { types: string }> }).exports

const sourceOf = (types: string) => `${TYPESCRIPT}/src/${basename(types, '.d.ts')}.ts`

const sorted = (names: readonly string[]): string[] => [...new Set(names)].toSorted()

/** Names in `export { … }` and behind `export class`, `function`, `const`, `type` and `interface`. */
function exportsOf(source: string): string[] {
  const lists = [...source.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, list = '']) =>
    list.split(','),
  )
  const own = [...source.matchAll(/^export (?:async )?(?:class|function|const|type|interface) (\w+)/gm)]
  return [
    ...lists.map((name) => name.replace(/\btype /, '').trim()),
    ...own.map(([, name = '']) => name),
  ].filter((name) => name !== '')
}

/** By the indentation that the formatter makes: types stand in a namespace, members in a type. */
function membersOf(source: string): string[] {
  const found: string[] = []
  let type: string | null = null
  for (const line of source.split('\n')) {
    const opened = /^ {4}(public )?(?:[a-z]+ )*(?:class|interface|struct|enum) (\w+)/.exec(line)
    if (opened) {
      type = opened[1] === undefined ? null : (opened[2] ?? null)
      if (type !== null) found.push(type)
    }
    const member = /^ {8}public (?:[^(={;]*? )?(\w+)(?:<\w+>)?(?=\(| =| \{|;|$)/.exec(line)
    if (type !== null && member) found.push(`${type}.${member[1]}`)
  }
  return found
}

const [, run, root = fileURLToPath(new URL('..', import.meta.url))] = process.argv
if (run === fileURLToPath(import.meta.url)) console.log(JSON.stringify(releasedNames(root), null, 2))
