import { z } from 'zod'
import { checkPublicUrl, invalid } from '../../http/validation.ts'
import { signingSecret } from '../../platform/crypto/signed-message.ts'
import type { AddressRules } from '../../platform/http/address-guard.ts'
import type { Random } from '../../platform/random.ts'

/**
 * Destination of a channel and its secret. Stored sealed: anyone with one of these URLs or tokens can write
 * into the room.
 */

export const CHANNEL_KINDS = ['mail', 'slack', 'chatwork', 'line_works', 'webhook'] as const
export type ChannelKind = (typeof CHANNEL_KINDS)[number]

export const Target = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('mail') }),
  z.object({ kind: z.enum(['slack', 'line_works']), url: z.string() }),
  z.object({ kind: z.literal('chatwork'), roomId: z.string(), token: z.string() }),
  z.object({ kind: z.literal('webhook'), url: z.string(), secret: z.string() }),
])
export type Target = z.infer<typeof Target>

export const targetContext = (channelId: string): string => `notice_channel:${channelId}:target`

/** Target fields of a request. The error answer names those that the kind requires. */
export interface GivenTarget {
  url?: string | undefined
  roomId?: string | undefined
  token?: string | undefined
}

/** Hosts that may have a private address and may be called without TLS. */
export interface ChannelHosts {
  allow: readonly string[]
  resolve?: NonNullable<AddressRules['resolve']>
}

/** Hosts of each service: another host would accept our messages and show nothing. */
const HOSTS: Readonly<Record<'slack' | 'line_works', readonly string[]>> = {
  slack: ['hooks.slack.com', 'hooks.slack-gov.com'],
  line_works: ['webhook.worksmobile.com'],
}

const NEEDS: Readonly<Record<ChannelKind, readonly (keyof GivenTarget)[]>> = {
  mail: [],
  slack: ['url'],
  line_works: ['url'],
  chatwork: ['roomId', 'token'],
  webhook: ['url'],
}

/** @throws AppError VALIDATION_FAILED or HOST_NOT_ALLOWED naming the field */
export async function checkedTarget(
  tools: { random: Pick<Random, 'bytes'>; channelHosts: ChannelHosts },
  kind: ChannelKind,
  given: GivenTarget,
): Promise<Target> {
  const faults = (Object.keys(given) as (keyof GivenTarget)[])
    .filter((field) => given[field] !== undefined && !NEEDS[kind].includes(field))
    .map((field) => ({
      field,
      message: `${kind} では使わない項目です。取り除いてください。`,
      code: 'unknown_field',
    }))
  const missing = NEEDS[kind]
    .filter((field) => given[field] === undefined)
    .map((field) => ({ field, message: `${kind} では必須です。`, code: 'required' }))
  if (faults.length + missing.length > 0) throw invalid([...faults, ...missing])
  const { url = '', roomId = '', token = '' } = given
  if (url !== '') await checkUrl(tools.channelHosts, kind, url)
  switch (kind) {
    case 'mail':
      return { kind }
    case 'chatwork':
      return { kind, roomId, token }
    case 'webhook':
      return { kind, url, secret: signingSecret(tools.random) }
    default:
      return { kind, url }
  }
}

async function checkUrl(hosts: ChannelHosts, kind: ChannelKind, url: string): Promise<void> {
  const { hostname } = new URL(url)
  const known = kind === 'slack' || kind === 'line_works' ? HOSTS[kind] : null
  if (known !== null && !known.includes(hostname) && !hosts.allow.includes(hostname))
    throw invalid([
      {
        field: 'url',
        message: `${known.join(' または ')} の Webhook URL を指定してください。`,
        code: 'wrong_host',
      },
    ])
  await checkPublicUrl('url', url, hosts)
}
