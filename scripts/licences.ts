import { readFileSync } from 'node:fs'

/**
 * `node scripts/licences.ts sbom.cdx.json…`: a line for each package of CycloneDX documents, by licence.
 * Fails where a package says none.
 */

interface Component {
  group?: string
  name: string
  version: string
  licenses?: { expression?: string; license?: { id?: string; name?: string } }[]
}

const components = process.argv
  .slice(2)
  .flatMap((file) => (JSON.parse(readFileSync(file, 'utf8')) as { components: Component[] }).components)
const byLicence = new Map<string, string[]>()
for (const { group, name, version, licenses = [] } of components) {
  const words = licenses.map(({ expression, license }) => expression ?? license?.id ?? license?.name ?? '')
  const licence = words.filter(Boolean).join(' AND ') || 'none stated'
  const known = byLicence.get(licence) ?? []
  byLicence.set(licence, [...known, `${group ? `${group}/` : ''}${name} ${version}`])
}
for (const [licence, packages] of [...byLicence].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  process.stdout.write(
    `${licence}\n${packages
      .toSorted()
      .map((one) => `  ${one}\n`)
      .join('')}`,
  )
const silent = byLicence.get('none stated') ?? []
if (silent.length > 0) {
  process.stderr.write(`no licence stated: ${silent.join(', ')}\n`)
  process.exitCode = 1
}
