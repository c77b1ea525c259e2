import { z } from 'zod'
import type { Routes } from '../../../http/app-types.ts'
import { asksOthers } from '../../../http/limits.ts'
import { CutLater } from '../../../http/schemas.ts'
import { invalid } from '../../../http/validation.ts'
import { type DiscoverTools, discover } from './discover.ts'
import { type MailboxPreset, PRESETS } from './presets.ts'

const Preset = z
  .object({
    id: z.string().describe('For programs (コード)'),
    name: z.string().describe('事業者名'),
    host: z.string().nullable().describe('null: it differs from account to account (ホスト名)'),
    hostHelp: z.string().describe('Where it is found, Japanese (ホスト名の調べ方)'),
    port: z.int().describe('ポート'),
    security: z.enum(['tls', 'starttls']).describe('暗号化'),
    auth: z.array(z.string()).describe('Ways to sign in, the best first (サインイン方法)'),
    usernameHelp: z.string().describe('What the user name is, Japanese (ユーザー名)'),
    enable: z.array(z.string()).describe('What to switch on there before, Japanese (事前の設定)'),
    traps: z.array(z.string()).describe('Known traps, Japanese (注意点)'),
    certain: z
      .boolean()
      .describe('true: the host says so; false: general knowledge, the connection test decides (確実)'),
  })
  .meta({ id: 'MailboxPreset', description: 'What is known of a mail host (メール事業者の設定例)' })

const shown = ({
  domains: _domains,
  exchangers: _exchangers,
  auth,
  enable,
  traps,
  ...preset
}: MailboxPreset) => ({
  ...preset,
  auth: [...auth],
  enable: [...enable],
  traps: [...traps],
})

const Domain = z
  .string()
  .trim()
  .toLowerCase()
  .min(3)
  .max(320)
  .describe('A mail address or its domain (メールアドレスまたはドメイン)')

/** GET /v1/mailbox-presets and GET /v1/mailbox-presets/discover */
export const presetRoutes =
  (tools: DiscoverTools): Routes =>
  (app) => {
    app.get(
      '/mailbox-presets',
      {
        schema: {
          tags: ['mailboxes'],
          operationId: 'listMailboxPresets',
          summary: 'Settings of common mail hosts (メール事業者の設定例)',
          description: 'What to enter and what to switch on. Nothing is asked of the hosts.',
          response: { 200: z.object({ presets: z.array(Preset), nextCursor: CutLater }) },
        },
      },
      async () => ({ presets: PRESETS.map(shown), nextCursor: null }),
    )

    app.get(
      '/mailbox-presets/discover',
      {
        config: { ...asksOthers(), waits: true },
        schema: {
          tags: ['mailboxes'],
          operationId: 'discoverMailbox',
          summary: 'Find the mail server of an address (メールサーバーの自動検出)',
          description:
            'By what its domain publishes: SRV records (RFC 6186), autoconfig over https, and where its mail goes (MX). Servers ' +
            'inside the operator’s network are left out. `by: none`: nothing was found; ask the host.',
          querystring: z.strictObject({ address: Domain }),
          response: {
            200: z.object({
              by: z
                .enum(['domain', 'srv', 'autoconfig', 'mx', 'none'])
                .describe(
                  'domain 既知のドメイン, srv SRVレコード, autoconfig 自動設定, mx MXレコード, none 見つからない (検出方法)',
                ),
              host: z.string().nullable().describe('ホスト名'),
              port: z.int().nullable().describe('ポート'),
              security: z.enum(['tls', 'starttls']).nullable().describe('暗号化'),
              preset: Preset.nullable().describe('What is known of the host (設定例)'),
            }),
          },
        },
      },
      async (request) => {
        const domain = request.query.address.slice(request.query.address.lastIndexOf('@') + 1)
        if (!/^(?=.{3,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,62}$/.test(domain))
          throw invalid([badDomain])
        const { preset, ...found } = await discover(tools, domain)
        return { ...found, preset: preset && shown(preset) }
      },
    )
  }

const badDomain = {
  field: 'address',
  message: 'メールアドレスかドメインを指定してください（例 order@example.jp）。',
  code: 'invalid_format',
}
