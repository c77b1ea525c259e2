import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type KeptMail, mailContext } from '../mail/intake/batch.ts'
import { MALL_MAILS } from '../marketplaces/mails.ts'
import { ifOpens } from '../platform/crypto/sealer.ts'
import { createInventor } from './invent.ts'
import { sealerOf } from './people.ts'
import { auditOps, type Ops, Usage } from './tools.ts'

const MOST = 100

/**
 * `ops fixtures export`: answers and mails of a shop's mall with every value of people and of the shop
 * replaced by an invented one of the same form, so that they can become fixtures of the developers.
 */
export async function exportFixtures(ops: Ops, args: readonly string[]): Promise<number> {
  const [shopId = '', folder = ''] = args
  if (!z.uuid().safeParse(shopId).success || folder === '' || args.length !== 2)
    throw new Usage('the id of a shop and a folder are needed: npm run ops -- tenants')
  const { db } = await ops.database()
  const shop = await db.shop.findUnique({
    where: { id: shopId },
    select: { tenantId: true, marketplace: true, mailboxes: { select: { mailboxId: true } } },
  })
  if (!shop) throw new Usage('there is no such shop: npm run ops -- tenants')
  const { marketplace, tenantId } = shop
  const sealer = (await sealerOf(ops)).of(tenantId)
  const inventor = createInventor(ops.random.bytes(32))
  await mkdir(folder, { recursive: true })
  const raws = await db.orderRaw.findMany({
    where: { order: { shopId, erasedAt: null } },
    orderBy: { fetchedAt: 'desc' },
    take: MOST,
  })
  let [answers, mails] = [0, 0]
  for (const { orderId, sealedRaw } of raws) {
    const raw = ifOpens(() => sealer.open(`order:${orderId}:raw`, sealedRaw).toString('utf8'))
    if (raw === null) continue
    answers += 1
    const form = /^[\s\uFEFF]*[{[]/.test(raw) ? 'json' : 'xml'
    await writeFile(join(folder, `${marketplace}-${number(answers)}.${form}`), inventor.answer(raw))
  }
  const rows = await db.mail.findMany({
    where: {
      marketplace,
      tenantId,
      mailboxId: { in: shop.mailboxes.map(({ mailboxId }) => mailboxId) },
      NOT: { sealedMail: null },
    },
    orderBy: { seenAt: 'desc' },
    take: MOST,
  })
  const { known, senders } = phrasesOf(marketplace)
  for (const { id, sealedMail, kind, state, reason } of rows) {
    const mail = sealedMail && ifOpens(() => sealer.openJson<KeptMail>(mailContext(id), sealedMail))
    if (!mail) continue
    mails += 1
    const written = {
      kind,
      state,
      reason,
      from: mail.from.map((one) => (senders.has(one) ? one : inventor.value(one))),
      subject: inventor.mail(mail.subject, known),
      ...(mail.text === undefined ? {} : { text: inventor.mail(mail.text, known) }),
    }
    await writeFile(
      join(folder, `${marketplace}-mail-${number(mails)}.json`),
      JSON.stringify(written, null, 2),
    )
  }
  await auditOps(ops, 'orders.exported', shopId, { fixtures: true, answers, mails })
  ops.print(
    `${answers} answers and ${mails} mails in ${folder}, every value of people and of the shop invented`,
  )
  ops.print(
    'look through them before they leave this machine: a mall may write a name into a field of another meaning',
  )
  return 0
}

const number = (count: number): string => String(count).padStart(3, '0')

/** Lists what the mall's own mails share: subjects and labels, and the addresses that it writes from. */
function phrasesOf(marketplace: string): { known: string[]; senders: ReadonlySet<string> } {
  const rules = MALL_MAILS.find(({ name }) => name === marketplace)?.mailRules
  const { subjects = [], ignoredSubjects = [], senders = [] } = rules ?? {}
  return {
    known: [...subjects.map(({ contains }) => contains), ...ignoredSubjects, ...LABELS],
    senders: new Set(senders),
  }
}

const LABELS = [
  ...[
    '注文番号',
    '受注番号',
    '注文ID',
    '注文日時',
    '注文日',
    '商品名',
    '商品',
    '数量',
    '価格',
    '小計',
    '合計',
    '請求金額',
    '送料',
  ],
  ...[
    'お支払い方法',
    '支払方法',
    '配送方法',
    'お届け先',
    '注文者',
    '備考',
    '新規の注文がありました',
    '出荷予定日',
    '新規注文',
  ],
]
