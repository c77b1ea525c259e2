import type { App } from './app-types.ts'
import { HttpProblem } from './problems.ts'
import { methodsFor } from './route-table.ts'

/** Unknown path 404, known path with another method 405; both behind the same limit as everything else. */
export function setNotFound(app: App): void {
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? ''
    const methods = methodsFor(app.routeTable, path)
    if (methods.length === 0) {
      throw new HttpProblem('ROUTE_NOT_FOUND', 'この URL はありません。/docs で URL を確認してください。')
    }
    reply.header('allow', methods.join(', '))
    throw new HttpProblem('METHOD_NOT_ALLOWED', `この URL で使えるメソッドは ${methods.join('、')} です。`)
  })
}
