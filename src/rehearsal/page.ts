import type { z } from 'zod'
import { japaneseDay } from '../platform/japan-time.ts'
import type { RehearsalAnswer } from './schemas.ts'

type Report = z.infer<typeof RehearsalAnswer>

const VERDICTS: Readonly<Record<Report['verdict']['state'], string>> = {
  bad: '問題あり',
  look: '要確認',
  early: 'まだ判断できません',
  good: '問題なし',
}

const PLANS: Readonly<Record<Report['planned'][number]['plan'], string>> = {
  would_send: '送信するはずだった',
  later: '後で送信するはずだった',
  already: '反映済み',
  refused: '送信できない',
  unknown: '計算できない',
}

/** The report as a file: Markdown, which people read as it is. Nothing personal is in it. */
export function reportText(report: Report): string {
  const { shop, verdict, orders, comparison } = report
  return [
    `# リハーサル報告: ${line(shop.name)}（${line(shop.mall)} ${line(shop.code)}）`,
    `期間: ${report.startedAt} 〜 ${report.endedAt ?? '実施中'}`,
    `モールへの送信: なし（リハーサル中は送信できません）`,
    `## 判定: ${VERDICTS[verdict.state]}`,
    ...verdict.reasons.map((reason) => `- ${reason}`),
    '## 受注',
    `取り込んだ受注 ${orders.imported} 件（うち内容を確認したもの ${orders.looked} 件）`,
    table(
      ['きっかけ', '種類', '状態', '結果', '件数'],
      orders.outcomes.map((one) => [one.source, one.purpose, one.state, one.outcome, one.count]),
    ),
    table(
      ['注意', '件数'],
      orders.warnings.map(({ code, count }) => [code, count]),
    ),
    '## 今のシステムとの比較',
    ...(comparison === null ? ['まだ比べていません。'] : compared(comparison)),
    '## メール',
    table(
      ['種類', '状態', '差出人', '読み取れない理由', '通数', '取込済', '最長秒数'],
      report.mails.map((one) => [
        one.kind,
        one.state,
        one.trust,
        one.reason,
        one.count,
        one.staged,
        one.slowestSeconds,
      ]),
    ),
    '## モールの呼び出し',
    table(
      ['操作', 'HTTP', 'コード', '回数', '最長ミリ秒'],
      report.calls.map((one) => [one.operation, one.status, one.code, one.count, one.slowestMs]),
    ),
    '## 待機・回数制限',
    table(
      ['種類', 'コード', '回数', '秒数'],
      report.waits.map((one) => [one.kind, one.code, one.count, one.seconds]),
    ),
    '## モールからの通知',
    table(
      ['コード', '説明'],
      report.notices.map(({ code, message }) => [code, message]),
    ),
    '## 資料にない項目・コード',
    table(
      ['項目', 'コード', '値の形', '件数'],
      report.unknowns.map((one) => [one.field, one.code, one.shape, one.count]),
    ),
    '## 送信しなかったサイト変更',
    table(
      ['受注番号', '操作', '計画', '送信内容'],
      report.planned.map(({ orderNumber, action, plan, message, steps }) => [
        orderNumber,
        action,
        PLANS[plan],
        message ?? steps.map(({ label }) => label).join(' → '),
      ]),
    ),
    '',
  ].join('\n\n')
}

const compared = (found: NonNullable<Report['comparison']>): string[] => [
  `ファイルの受注 ${found.theirs} 件、一致 ${found.matched} 件、金額も一致 ${found.sameAmount} 件、開始前 ${found.earlier} 件`,
  `取り込まれていない受注 ${found.missingHereCount} 件`,
  list(found.missingHere),
  `今のシステムにない受注 ${found.missingThereCount} 件`,
  list(found.missingThere),
  `金額が違う受注 ${found.differingCount} 件`,
  table(
    ['受注番号', '今のシステム', '請求額', '合計'],
    found.differing.map((one) => [one.orderNumber, one.theirs, one.billed, one.total]),
  ),
]

const list = (numbers: readonly string[]): string =>
  numbers.length === 0 ? 'なし' : numbers.map((number) => `- ${line(number)}`).join('\n')

type Cell = string | number | null

function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  if (rows.length === 0) return 'なし'
  const cells = (row: readonly Cell[]) => `| ${row.map((cell) => line(String(cell ?? ''))).join(' | ')} |`
  return [cells(head), cells(head.map(() => '---')), ...rows.map(cells)].join('\n')
}

/** Whatever a mall or a file wrote stays in its cell, and is no HTML where it is shown as a page. */
const line = (text: string): string => text.slice(0, 300).replace(/[\s|<>`]+/g, ' ')

export const fileName = ({ shop, startedAt }: Report): string =>
  `rehearsal-${shop.marketplace}-${japaneseDay(Date.parse(startedAt))}.md`
