import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import openapiTS, { astToString } from 'openapi-typescript'
import ts from 'typescript'

/** Makes src/api.ts from the service's recorded document. `npm run types` after that has changed; `--check` only looks. */

const DOCUMENT = new URL('../../docs/openapi.json', import.meta.url)
const API = new URL('src/api.ts', import.meta.url)

const text = await readFile(DOCUMENT, 'utf8')
// The service's own tests compare this line, without TypeScript 5, which the generator needs.
const head = `// Made by ../types.ts from docs/openapi.json, sha256 ${createHash('sha256').update(text).digest('hex')}\n`

/** Values of an answer that are known today, as words to write; more may come, and nothing here refuses them. */
function knownValues(schema: object): ts.TypeNode | undefined {
  const values =
    'x-known-values' in schema && Array.isArray(schema['x-known-values']) ? schema['x-known-values'] : []
  const literals = values.map((value) =>
    ts.factory.createLiteralTypeNode(ts.factory.createStringLiteral(value)),
  )
  return literals.length > 0 ? ts.factory.createUnionTypeNode(literals) : undefined
}

// What has a default may be left out of a request; an answer names it among what is required.
const wanted =
  head + astToString(await openapiTS(JSON.parse(text), { defaultNonNullable: false, transform: knownValues }))

if ((await readFile(API, 'utf8').catch(() => '')) !== wanted) {
  if (process.argv.includes('--check')) {
    console.error('src/api.ts is not what docs/openapi.json says: npm run types')
    process.exitCode = 1
  } else {
    await writeFile(API, wanted)
    console.log('src/api.ts written')
  }
}
