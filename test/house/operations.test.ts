import { readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { parseSync, Visitor } from 'oxc-parser'
import { expect, test } from 'vitest'

/** Files of a plugin (fastifyStatic, the whole page of the document) are registered by it. */
const ONE = 'src/http/operation.ts'
const METHODS = new Set(['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'all', 'route'])

/** Calls that register a route of Fastify: `app.get('/path', …)`, `scope.route({…})`. */
function registrationsIn(file: string, source: string): string[] {
  const found: string[] = []
  new Visitor({
    CallExpression({ callee, arguments: given, start }) {
      if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return
      const on = source.slice(callee.object.start, callee.object.end)
      const [first, ...more] = given
      const isPath = first?.type === 'ObjectExpression' || (more.length > 0 && !/^(db|tx|map)$/.test(on))
      if (!METHODS.has(callee.property.name) || !isPath) return
      if (/^(app|scope|server|fastify|instance|root)\b|\.(app|scope|server)$|^rawBodies\(|^asApp\(/.test(on))
        found.push(`${file}:${source.slice(0, start).split('\n').length} ${on}.${callee.property.name}`)
    },
  }).visit(parseSync(file, source).program)
  return found
}

test('a route exists only by its record: Fastify is asked for one in a single file', async () => {
  const found: string[] = []
  for await (const file of glob('src/**/*.ts', {
    exclude: (path) => /(^|\/)(node_modules|generated|dist|board)$/.test(path) || /\.test\.ts$/.test(path),
  }))
    found.push(...registrationsIn(file, readFileSync(file, 'utf8')))
  expect(found.map((one) => one.replace(/:\d+/, ''))).toEqual([`${ONE} app.route`, `${ONE} app.route`])
})

test('and it would be found elsewhere', () => {
  const planted = `app.get('/x', async () => 1)\nrawBodies(scope, []).post('/y', {}, run)\nscope.route({ url: '/z' })\nmap.get('a')`
  expect(registrationsIn('x.ts', planted)).toHaveLength(3)
})
