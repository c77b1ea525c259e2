import { execFileSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { XMLParser } from 'fast-xml-parser'
import { expect, test } from 'vitest'

/** What would be published: both packages say the same version, and hold what whoever installs them needs. */

const at = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
const read = (path: string) => readFileSync(at(path), 'utf8')
const service = JSON.parse(read('package.json')).version
const typescript = JSON.parse(read('clients/typescript/package.json'))
const { Project: csharp } = new XMLParser({ ignoreAttributes: false }).parse(
  read('clients/csharp/Torikomi.Client.csproj'),
)

test('packages have the version of the service', () => {
  expect([typescript.version, csharp.PropertyGroup.Version]).toEqual([service, service])
  expect(JSON.parse(read('clients/typescript/package-lock.json')).version).toBe(service)
})

const compiler = existsSync(at('clients/typescript/node_modules/typescript'))
test.skipIf(!compiler)(
  'npm pack: the built client with its types, README and licence, and nothing else [npm ci in clients/typescript]',
  { timeout: 120_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'torikomi-pack-'))
    const cwd = at('clients/typescript')
    try {
      // Its own script `prepare` builds; it runs for `npm publish` too.
      const out = execFileSync('npm', ['pack', '--json', '--silent', '--pack-destination', folder], {
        cwd,
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      const [packed] = JSON.parse(out.toString().slice(out.toString().indexOf('[')))
      const files: string[] = packed.files.map(({ path }: { path: string }) => path)
      const built = globSync('src/*.ts', { cwd }).map((path) => path.replace(/^src\/(.*)\.ts$/, 'dist/$1'))
      expect(files.toSorted()).toEqual(
        [
          ...['LICENSE', 'README.md', 'package.json'],
          ...built.flatMap((path) => [`${path}.d.ts`, `${path}.js`]),
        ].toSorted(),
      )
      execFileSync('tar', ['-xzf', join(folder, packed.filename), '-C', folder])
      const own = join(folder, 'package')
      for (const { types, default: code } of Object.values<{ types: string; default: string }>(
        typescript.exports,
      ))
        expect([existsSync(join(own, types)), existsSync(join(own, code))]).toEqual([true, true])
      const loaded = await import(pathToFileURL(join(own, 'dist/index.js')).href)
      expect(Object.keys(loaded)).toEqual(
        expect.arrayContaining(['Torikomi', 'pull', 'keepPulling', 'followChanges', 'isProblem']),
      )
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
)

test('dotnet pack: id, licence, README, both frameworks and every source, without a dependency', () => {
  const { PropertyGroup: facts, ItemGroup: items } = csharp
  expect(facts).toMatchObject({
    TargetFrameworks: 'net48;net8.0',
    PackageId: 'Torikomi.Client',
    PackageLicenseExpression: 'MIT',
    PackageReadmeFile: 'README.md',
    Authors: 'Torikomi',
    GenerateDocumentationFile: true,
  })
  const [own] = items
  expect(own.Compile['@_Include']).toBe('src/**/*.cs')
  expect(own.None).toMatchObject({ '@_Include': 'README.md', '@_Pack': 'true' })
  expect(JSON.stringify(csharp)).not.toContain('PackageReference')
  expect([existsSync(at('clients/csharp/README.md')), existsSync(at('clients/csharp/LICENSE'))]).toEqual([
    true,
    true,
  ])
})
