import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { readAccess } from '../../scripts/access-doc.ts'
import { ELSEWHERE } from '../../src/board/src/settings/elsewhere.ts'

/**
 * Every setting that an owner makes by the REST API has a place on the board, or the board says where it is.
 * A field has a place when a file of the board that calls this resource names it.
 */

interface Schema {
  $ref?: string
  properties?: Record<string, Schema>
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
}
interface Operation {
  operationId: string
  requestBody?: { content: Record<string, { schema: Schema }> }
}
const document: {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
} = JSON.parse(readFileSync('docs/openapi.json', 'utf8'))

/** A form's fields may be in a file beside it, which another form shares. */
const files = globSync('src/board/src/**/*.{ts,tsx}', { exclude: ['**/*.test.ts', '**/elsewhere.ts'] }).map(
  (path) => {
    const text = readFileSync(path, 'utf8')
    const shared = [...text.matchAll(/from '\.\/([\w-]+\.tsx)'/g)].map(([, name]) =>
      join(dirname(path), name ?? ''),
    )
    return [text, ...shared.map((beside) => readFileSync(beside, 'utf8'))].join('\n')
  },
)

const NEEDS = new Map(readAccess().map(({ method, url, need }) => [`${method} ${url}`, need]))

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).flatMap(([method, operation]) => {
    const need = NEEDS.get(`${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`)
    const changes = ['post', 'put', 'patch'].includes(method)
    return changes && need === 'owner' ? [{ path, method: method.toUpperCase(), ...operation }] : []
  }),
)

/** `settings.mailRules.senders`: lists are looked through. */
function fieldsOf(schema: Schema | undefined, at = '', depth = 0): string[] {
  const name = schema?.$ref?.split('/').pop()
  const found = name === undefined ? schema : document.components.schemas[name]
  if (!found || depth > 8) return []
  const parts = [...(found.anyOf ?? []), ...(found.oneOf ?? []), ...(found.allOf ?? [])]
  return [
    ...parts.flatMap((part) => fieldsOf(part, at, depth + 1)),
    ...fieldsOf(found.items, at, depth + 1),
    ...Object.entries(found.properties ?? {}).flatMap(([field, inner]) => {
      const path = at === '' ? field : `${at}.${field}`
      return [path, ...fieldsOf(inner, path, depth + 1)]
    }),
  ]
}

const told = new Set(ELSEWHERE.flatMap(({ settings }) => settings))

test('every setting of an owner is on the board, or the board says where it is', () => {
  expect(operations.length).toBeGreaterThan(20)
  const homeless = operations.flatMap(({ path, method, operationId, requestBody }) => {
    if (told.has(operationId)) return []
    if (!files.some((text) => text.includes(`api.${method}('${path}'`)))
      return [`${operationId}: no file of the board calls ${method} ${path}`]
    // What is left out when a shop is made is entered where it is changed.
    const resource = new RegExp(`api\\.(POST|PUT|PATCH)\\(\\s*'${path.split('/').slice(0, 3).join('/')}[/']`)
    const callers = files.filter((text) => resource.test(text))
    const fields = [...new Set(fieldsOf(requestBody?.content['application/json']?.schema))]
    return fields
      .filter((field) => !told.has(field))
      .filter((field) => !callers.some((text) => new RegExp(`\\b${field.split('.').pop()}\\b`).test(text)))
      .map((field) => `${operationId}: ${field}`)
  })
  expect(homeless).toEqual([])
})

test('what the board calls homeless is in the document', () => {
  const known = new Set(
    operations.flatMap(({ operationId, requestBody }) => [
      operationId,
      ...fieldsOf(requestBody?.content['application/json']?.schema),
    ]),
  )
  expect([...told].filter((one) => !known.has(one))).toEqual([])
})

/** Files that change what is there without `useOpened`, and why no colleague's text is lost by them. */
const WITHOUT: Readonly<Record<string, string>> = {
  'connections/webhook-card.tsx': 'a switch',
  'connections/desk-list.tsx': 'a switch',
  'settings/mailboxes.tsx': 'a switch',
  'screens/notices.tsx': 'a switch',
  'screens/people.tsx': 'a switch',
  'people/own-passkeys.tsx': 'a name for its owner alone',
  'settings/shop-keys.tsx': 'a key is never shown; what is typed replaces it alone',
  'settings/shop-page.tsx': 'adds to the list that it reads just before',
  'settings/mark-settings.tsx': 'adds to and takes from the list that it reads just before',
  'settings/sort-settings.tsx': 'changes the list that it reads just before',
  'settings/mail-try.tsx': 'adds to the list that it reads just before',
  'csv/order-files.tsx': 'one choice of a list',
  'list/saved-views.ts': 'a name that is taken is asked about in filter-row.tsx',
  'parts/editable.tsx': 'If-Match',
  'screens/difference.tsx': 'If-Match',
}

test('each form that changes what is there sends what the person changed, on what it was opened on', () => {
  const root = 'src/board/src/'
  const changing = globSync(`${root}**/*.{ts,tsx}`, { exclude: ['**/*.test.ts'] }).flatMap((path) => {
    const text = readFileSync(path, 'utf8')
    return /api\.(?:PATCH|PUT)\(/.test(text) ? [{ name: path.slice(root.length), text }] : []
  })
  const without = changing.filter(({ text }) => !text.includes('useOpened')).map(({ name }) => name)
  expect(without.toSorted()).toEqual(Object.keys(WITHOUT).toSorted())
})
