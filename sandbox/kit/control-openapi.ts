import { z } from 'zod'
import { ClockBody, PlaceApplication, PlaceBody } from './control.ts'
import { SandboxFault } from './faults.ts'

/** The desk's calls as an OpenAPI document, made from the routes that it answers. */

const WHAT: Readonly<Record<string, string>> = {
  'POST /hook': 'Takes what a webhook sends',
  'GET /hook': 'What webhooks have sent here, oldest first',
  'POST orders': 'Place orders; each tells the mailbox what the mall would mail',
  'GET orders': 'The orders at the mall',
  'GET orders/:number': 'One order as the mall keeps it',
  'PATCH orders/:number': 'Change an order as somebody does on the mall’s own screen',
  'POST orders/:number/cancel': 'The buyer cancels',
  'POST orders/:number/pay': 'The buyer pays',
  'GET applications': 'Applications that are no orders yet (購入申込)',
  'POST applications': 'A buyer applies; orders come of it on their days',
  'GET faults': 'Faults that are switched on',
  'PUT faults': 'Switch faults on, in the place of all others',
  'DELETE faults': 'Switch all faults off',
  'POST clock': 'Move, hold or release the mall’s clock',
  'GET settings': 'Quotas and what else the mall varies',
  'PUT settings': 'Change some of them',
  'GET writes': 'What calls have changed, oldest first',
  'GET calls': 'Calls by operation',
}

const BODIES: Readonly<Record<string, z.ZodType>> = {
  'POST orders': PlaceBody,
  'POST applications': PlaceApplication,
  'PUT faults': z.array(SandboxFault),
  'POST clock': ClockBody,
}

export function openApi(routes: readonly string[], malls: ReadonlySet<string>) {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    const [method = '', path = ''] = route.split(' ')
    const [, mall = '', rest = ''] = /^\/([a-z]+)\/(.*)$/.exec(path) ?? []
    const known = malls.has(mall) ? `${method} ${rest}` : route
    const body = BODIES[known]
    const named = path.replace(':number', '{number}')
    paths[named] = {
      ...paths[named],
      [method.toLowerCase()]: {
        tags: [malls.has(mall) ? mall : 'sandbox'],
        summary: WHAT[known] ?? known,
        ...(named.includes('{number}')
          ? { parameters: [{ name: 'number', in: 'path', required: true, schema: { type: 'string' } }] }
          : {}),
        ...(body
          ? {
              requestBody: {
                content: { 'application/json': { schema: z.toJSONSchema(body, { io: 'input' }) } },
              },
            }
          : {}),
        responses: {
          200: { description: 'Done' },
          ...(method === 'GET'
            ? {}
            : { 422: { description: 'Says what is unknown, and which names are allowed' } }),
        },
      },
    }
  }
  return { openapi: '3.1.0', info: { title: 'Sandbox of the malls', version: '1' }, paths }
}
