import type { App } from './app-types.ts'
import { HttpProblem } from './problems.ts'

/** JSON is the only body. A broken one is answered with the place where it broke, never with what stood there. */
export function acceptJsonOnly(app: App): void {
  app.removeAllContentTypeParsers()
  // 'error' refuses keys such as __proto__.
  const parse = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body: string, done) => {
    // Clients that always send the header do so for calls without a body too.
    if (body.trim() === '') return done(null, undefined)
    parse(request, body, (error, value) => (error ? done(malformed(body)) : done(null, value)))
  })
}

function malformed(body: string): HttpProblem {
  const message = `JSON として読み取れません${placeOf(body)}。引用符、カンマ、括弧を確認してください。`
  return new HttpProblem('VALIDATION_FAILED', message, [{ field: 'body', message, code: 'malformed_json' }])
}

function placeOf(body: string): string {
  try {
    JSON.parse(body)
    return '（使えない項目名が含まれています）'
  } catch (error) {
    const place = /line (\d+) column (\d+)/.exec(String(error))
    return place ? `（${place[1]} 行 ${place[2]} 文字目付近）` : ''
  }
}
