import type { App } from './app-types.ts'
import { brokenPlace } from './json-place.ts'
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
  const message = messageFor(body)
  return new HttpProblem('VALIDATION_FAILED', message, [{ field: 'body', message, code: 'malformed_json' }])
}

function messageFor(body: string): string {
  const text = body.replace(/^\uFEFF/, '')
  try {
    JSON.parse(text)
    return '使えない項目名（__proto__ など）が JSON に含まれています。その項目を取り除いてください。'
  } catch {
    const { line, column } = brokenPlace(text)
    return `JSON として読み取れません（${line} 行 ${column} 文字目付近）。引用符、カンマ、括弧を確認してください。`
  }
}
