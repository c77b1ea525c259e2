import { type NoticeText, oneLine, withFooter, withoutFooter } from './texts.ts'

export interface Told extends NoticeText {
  createdAt: Date
}

/** Texts that go along whole; of more than these only their subjects. */
const WHOLE = 20
const LINE = '―'.repeat(20)
const PREFIX = '【自動受注取込】'

/**
 * Joins many notices into one message: a list of contents, then each notice as it would be alone. A single
 * one is unchanged.
 */
export function digestOf(told: readonly Told[]): NoticeText {
  const [first, ...others] = told
  if (first === undefined) throw new Error('empty digest')
  if (others.length === 0) return { subject: first.subject, text: first.text }
  const short = ({ subject }: Told) => subject.replace(PREFIX, '')
  const whole = told.slice(0, WHOLE)
  return {
    subject: oneLine(`${PREFIX}お知らせ ${told.length}件: ${short(first)} ほか`),
    text: withFooter([
      `お知らせが${told.length}件あります。`,
      '',
      ...told.map((one, index) => `${index + 1}. ${short(one)}`),
      ...whole.flatMap((one, index) => [
        '',
        LINE,
        `${index + 1}. ${one.subject}`,
        '',
        withoutFooter(one.text),
      ]),
      ...(told.length > WHOLE
        ? ['', LINE, `${WHOLE + 1}件目以降の本文は、通知の一覧で確認してください。`]
        : []),
    ]),
  }
}
