import { AppError } from '../platform/errors.ts'
import { factsOf } from '../platform/narrow.ts'
import { type App, type Auth, CLIENT_ROLES, type ClientRole } from './app-types.ts'

/**
 * Rights that a route requires. `anyone`: none; `session`: a signed-in browser, whatever it still owes; then
 * the roles of a tenant, and the operator's two.
 */
export type Need = 'anyone' | 'session' | ClientRole | 'operator_without_personal_data' | 'operator'

type Rule = readonly [methods: string, path: RegExp, need: Need]

const CHANGES = 'POST PUT PATCH DELETE'

/** The first that fits holds. The rest is a tenant's: all its people read, its staff change. */
const RULES: readonly Rule[] = [
  ['POST', /^\/v1\/session(\/(first|demo))?$/, 'anyone'],
  ['GET', /^\/v1\/session\/(ways|oidc(\/callback)?)$/, 'anyone'],
  ['GET POST DELETE', /^\/v1\/sessions?(\/|$)/, 'session'],
  ['GET POST', /^\/v1\/(invitations|password-resets|applications)(\/|$)/, 'anyone'],
  // Malls and mail providers post here; a signature or a key of the shop's own is the proof.
  ['POST', /^\/v1\/(shops\/:id\/pushed-orders|mailboxes\/:id\/mails)$/, 'anyone'],
  // Mails hold names and addresses.
  ['GET', /^\/v1\/admin\/mails(\/|$)/, 'operator'],
  ['GET', /^\/v1\/admin\/applications(\/|$)/, 'operator'],
  [CHANGES, /^\/v1\/admin\//, 'operator'],
  ['GET', /^\/v1\/admin\//, 'operator_without_personal_data'],
  // The queue's own page: ids of shops.
  ['GET', /^\/admin\/queues(\/|$)/, 'operator_without_personal_data'],
  // Explains a text that was sent along; it changes nothing.
  ['POST', /^\/v1\/mailboxes\/recognise$/, 'staff'],
  // A question that takes a mail; it is read and not kept.
  ['POST', /^\/v1\/why$/, 'read_only'],
  // A file of everybody's names and addresses.
  ['GET', /^\/v1\/orders\/export$/, 'staff'],
  // Each person chooses for themselves; what is everybody's is an owner's, which the room looks at.
  [CHANGES, /^\/v1\/notice-channels(\/|$)/, 'read_only'],
  // The address of a webhook often carries its receiver's secret.
  [`GET ${CHANGES}`, /^\/v1\/(staff|api-keys|audit|webhooks)(\/|$)/, 'owner'],
  [
    CHANGES,
    /^\/v1\/(shops|mailboxes|contract|erasure|labels\/settings|mark-rules|blocked-buyers)(\/|$)/,
    'owner',
  ],
  // One's own; those of all people ask for more (src/orders/saved-views.ts).
  ['PUT DELETE', /^\/v1\/views(\/|$)/, 'read_only'],
  // Its tools call routes of /v1, which ask for more where it is needed.
  ['POST', /^\/mcp$/, 'read_only'],
  ['GET', /^\/v1\//, 'read_only'],
  [CHANGES, /^\/v1\//, 'staff'],
]

/** The one place that says who may use a route. */
export function needOf(method: string, url: string): Need {
  const rule = RULES.find(([methods, path]) => methods.split(' ').includes(method) && path.test(url))
  return rule?.[2] ?? 'anyone'
}

/**
 * The operator's counts and lists over all tenants: run as a role of the database that reads no sealed
 * column, and changes nothing.
 */
const REPORTS =
  /^\/v1\/admin\/(health|attention|unknown-fields|api-keys|tenants(\/:id)?|audit(\/export)?|notifications)$/
export const isReport = (method: string, url: string): boolean => method === 'GET' && REPORTS.test(url)

const NAMES: Readonly<Record<ClientRole, string>> = {
  owner: '管理者',
  staff: '担当者',
  read_only: '閲覧のみ',
}

/** @throws AppError FORBIDDEN where the caller's role is not enough */
export function checkRole(auth: Auth, need: Need): void {
  if (need === 'operator' && auth.kind === 'operator' && auth.role !== 'operator')
    throw new AppError(
      'FORBIDDEN',
      'この操作には、個人情報を扱える運営者の権限が必要です。権限のある運営者に依頼してください。',
    )
  if (auth.kind !== 'client') return
  const least = CLIENT_ROLES.find((role) => role === need)
  if (least !== undefined && CLIENT_ROLES.indexOf(least) > CLIENT_ROLES.indexOf(auth.role))
    throw new AppError(
      'FORBIDDEN',
      `この操作には「${NAMES[least]}」の権限が必要です（現在は「${NAMES[auth.role]}」）。契約店の管理者に依頼してください。`,
      { details: { requiredRole: need } },
    )
}

interface RouteEntry {
  method: string
  /** As registered: `/v1/shops/:id`. */
  url: string
  /** In the OpenAPI document. */
  documented: boolean
  /** Who may use it. */
  need: Need
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Every route, in the order of registration, without the HEAD twins of GET. */
    routeTable: readonly RouteEntry[]
  }
}

/** Keeps the list of routes, for 405 answers and for tests that must not forget a route. */
export function recordRouteTable(app: App): void {
  const table: RouteEntry[] = []
  app.decorate('routeTable', table)
  app.addHook('onRoute', (route) => {
    const hidden = factsOf(route.schema).hide === true
    for (const method of [route.method].flat()) {
      if (method !== 'HEAD')
        table.push({
          method,
          url: route.url,
          documented: route.schema !== undefined && !hidden,
          need: needOf(method, route.url),
        })
    }
  })
}

/** Methods that the path takes. */
export function methodsFor(table: readonly RouteEntry[], path: string): string[] {
  return [...new Set(table.filter((route) => patternOf(route.url).test(path)).map((route) => route.method))]
}

function patternOf(url: string): RegExp {
  const source = url
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part === '*' ? '.*' : part.replace(/[^\w-]/g, '\\$&')))
    .join('/')
  return new RegExp(`^${source}$`)
}
