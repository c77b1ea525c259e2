import fc from 'fast-check'
import { expect, test } from 'vitest'
import { composeMail } from '../../../sandbox/mails/compose-mail.ts'
import { startConnectorSimulator } from '../../../sandbox/malls/connector/index.ts'
import { decideMail } from '../../../src/mail/intake/intake.ts'
import { createJudge } from '../../../src/mail/recognition/judge.ts'
import { parseMail } from '../../../src/mail/recognition/parse-mail.ts'
import { LISTENED_MALLS } from '../../../src/marketplaces/mails.ts'

/**
 * Two shops behind connectors, with the same order numbers, in one mailbox: from the bytes of a mail to the
 * decision whose order is asked for.
 */

const judge = createJudge(LISTENED_MALLS)
const TRUST = { authservId: null }
const NAMES = ['あさがお商店', 'ひまわり堂', 'ご注文', '注文番号'] as const
const LOOKS = [
  { charset: 'utf-8', shape: 'multipart' },
  { charset: 'iso-2022-jp', shape: 'plain' },
  { charset: 'shift_jis', shape: 'html' },
  { charset: 'utf-8', shape: 'forwarded-inline' },
] as const

test('a mail of one shop never asks for the other’s order', async () => {
  let askedFor = 0
  const shop = fc.record({
    name: fc.constantFrom(...NAMES),
    senders: fc.constantFrom<readonly string[]>([], ['own'], ['@example'], ['@*.example']),
    labels: fc.constantFrom<readonly string[]>(['注文番号'], []),
  })
  await fc.assert(
    fc.asyncProperty(shop, shop, fc.nat(1), fc.constantFrom(...LOOKS), async (a, b, of, look) => {
      fc.pre(a.name !== b.name)
      const shops = [a, b].map(({ name, senders }, n) => ({
        id: `s${n}`,
        marketplace: 'connector' as const,
        code: `shop-${n}`,
        name,
        senders: senders.map((one) => (one === 'own' ? `order@shop-${n}.example` : one)),
      }))
      const rules = [a, b].map(({ labels }, n) => ({
        marketplace: 'connector' as const,
        rules: {
          senders: [...(shops[n]?.senders ?? [])],
          subjects: [{ contains: 'ご注文がありました', kind: 'new_order' as const }],
          numberLabels: [...labels],
          numberPatterns: ['#{4-6}'],
        },
      }))
      const { code = '', name = '' } = shops[of] ?? {}
      const simulator = await startConnectorSimulator({ shop: { code, name } })
      let source: Buffer = Buffer.alloc(0)
      simulator.onEvent((event) => {
        source = composeMail(event, { to: 'orders@mailbox.example', ...look })
      })
      simulator.place()
      await simulator.close()
      const mail = await parseMail(source)
      const judged = await judge.judge(source, rules, TRUST)
      if (judged.recognition === null) return
      const { from, to, subject } = mail
      const seen = { ...judged, recognition: judged.recognition, from, to, subject }
      const { requests } = decideMail(seen as Parameters<typeof decideMail>[0], shops, LISTENED_MALLS)
      askedFor += requests.length
      expect(requests.filter(({ shopId }) => shopId !== `s${of}`)).toEqual([])
    }),
    { numRuns: 120 },
  )
  expect(askedFor).toBeGreaterThan(0)
}, 60_000)
