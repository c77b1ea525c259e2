import { z } from 'zod'
import { LOG_LEVELS } from '../../platform/logger.ts'
import { addresses, list, origins, publicUrl, roles, UNENCRYPTED, whole, withoutTls } from '../fields.ts'
import { note } from './note.ts'

/** A process's address, roles and limits. */
/** A number counts the proxies in front; else it names them. */
const proxiesOf = (text: string): number | string[] =>
  /^\s*[1-9]\s*$/.test(text) ? Number(text) : list(text)

export const service = {
  NODE_ENV: z
    .enum(['development', 'test', 'production'])
    .prefault('development')
    .meta({
      description: '`production` refuses the defaults that are made for one machine.',
      ...note('Service'),
    }),
  HOST: z
    .string()
    .optional()
    .meta({
      description: 'Address to listen on.',
      ...note('Service', { shownDefault: '`127.0.0.1`; `0.0.0.0` in production' }),
    }),
  PORT: whole(0, 65_535, 3000).meta({
    description: 'Port to listen on; `0` takes a free one.',
    ...note('Service'),
  }),
  ROLES: roles.meta({
    description:
      'What this process does, comma separated: `api` answers HTTP, `listener` reads mailboxes, `worker` talks to the malls. Health and metrics are answered in every role.',
    ...note('Service', { shownDefault: '`api,listener,worker`' }),
  }),
  LOG_LEVEL: z
    .enum(LOG_LEVELS)
    .prefault('info')
    .meta({ description: 'Least level that is logged.', ...note('Service') }),
  TRUST_PROXY: z
    .string()
    .transform(proxiesOf)
    .optional()
    .meta({
      description:
        'How many proxies stand in front, one behind the other, or their exact addresses, comma separated: whose `X-Forwarded-For` is believed. A whole network (`uniquelocal`) lets each client in it choose its address.',
      ...note('Service', { shownDefault: 'none' }),
    }),
  PUBLIC_URL: publicUrl.optional().meta({
    description:
      'Where this service is reached from outside, as browsers see it. Needed for consents in the browser (同意): `<PUBLIC_URL>/oauth/<mall>/callback` must be registered with the mall. Malls take https only.',
    ...note('Service', { shownDefault: 'no consents in the browser' }),
  }),
  OUTGOING_ADDRESSES: addresses.prefault('').meta({
    description:
      'IP addresses from which this service calls the malls, as the internet sees them, comma separated: those of the NAT or proxy in front, if there is one. Some malls take calls from registered addresses alone; the board shows these where a shop has to register them.',
    ...note('Service', { shownDefault: 'none; the board asks for the operator' }),
  }),
  CORS_ORIGINS: origins.prefault('').meta({
    description:
      'Whose web pages may call the API with a key and read its answers, comma separated: `https://app.example.jp`. The board needs none. Never with a session: cookies are not taken from other sites.',
    ...note('Service', { shownDefault: 'none' }),
  }),
  MCP_ENABLED: z
    .enum(['yes', 'no'])
    .prefault('no')
    .meta({
      description:
        '`yes`: assistants may ask at `/mcp` (Model Context Protocol) with a tenant’s API key: [assistants.md](assistants.md). Reached by a name, PUBLIC_URL must have it.',
      ...note('Service'),
    }),
  CONNECTIONS_WITHOUT_TLS: withoutTls.meta({
    description: `What may go unencrypted over the network in production, comma separated: ${UNENCRYPTED.map((name) => `\`${name}\``).join(', ')}. All else needs TLS there; a loopback address never does.`,
    ...note('Service', { shownDefault: 'none' }),
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({
      description:
        'A collector that takes OpenTelemetry traces (OTLP over HTTP, without `/v1/traces`): each import request is one trace, from its mail to staging. Nothing of an order or a buyer is in them.',
      ...note('Service', { shownDefault: 'no traces' }),
    }),
  REVISION: z
    .string()
    .regex(/^[\w.-]{1,64}$/, 'must be up to 64 of A-Z a-z 0-9 _ . -')
    .optional()
    .meta({
      description:
        'Revision of the source that runs, as `npm run ops -- version` shows it; the image sets it.',
      ...note('Service', { shownDefault: 'unknown' }),
    }),
  DRAIN_SECONDS: z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(0).max(300))
    .optional()
    .meta({
      description:
        'How long a stop waits, serving as before, after `/readyz` has begun to say no: the load balancer needs that time to send requests elsewhere. Its check interval times its failures, and a second. Only in the role `api`.',
      ...note('Service', { shownDefault: '`0`; `10` in production' }),
    }),
  EVENT_STREAMS_PER_KEY: whole(1, 100_000, 50).meta({
    description:
      'Event streams (`GET /v1/events`) that one API key may hold open at this process; more get 429.',
    ...note('Service'),
  }),
  EVENT_STREAMS_PER_TENANT: whole(1, 100_000, 200).meta({
    description: 'The same for all keys of a tenant together.',
    ...note('Service'),
  }),
  SHOPS_PER_TENANT: whole(1, 100_000, 200).meta({
    description: 'Shops that a tenant (契約店) may register.',
    ...note('Service'),
  }),
  MAILBOXES_PER_TENANT: whole(1, 100_000, 200).meta({
    description: 'Mailboxes that a tenant may register.',
    ...note('Service'),
  }),
  WEBHOOKS_PER_TENANT: whole(1, 10_000, 10).meta({
    description: 'Webhooks that a tenant may register.',
    ...note('Service'),
  }),
}
