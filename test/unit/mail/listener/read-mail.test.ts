import type { FetchMessageObject } from 'imapflow'
import { describe, expect, it } from 'vitest'
import { readMail, toListedMail } from '../../../../src/mail/listener/mailbox-reader.ts'
import { createJudge } from '../../../../src/mail/recognition/judge.ts'
import type { MailMalls } from '../../../../src/marketplaces/mails.ts'
import { mailMalls } from '../../../support/malls/sandbox-orders.ts'

const settings = { authservId: null }
const reading = { malls: mailMalls, rules: [], judge: createJudge(mailMalls), settings }

const message = (envelope: NonNullable<FetchMessageObject['envelope']>): FetchMessageObject => ({
  seq: 1,
  uid: 12,
  size: 3_000,
  envelope,
})

const rakuten = message({
  from: [{ address: 'Order@Rakuten.co.jp' }],
  subject: '注文内容ご確認',
  messageId: '<1@x>',
  date: new Date(0),
})

const breaking: MailMalls = new Map(
  [...mailMalls].map(([name, mall]) => [
    name,
    {
      ...mall,
      recognise() {
        throw new Error('a mail nobody thought of')
      },
    },
  ]),
)

describe('toListedMail', () => {
  it('takes the envelope in lower case and sees a candidate in it', () => {
    expect(toListedMail(rakuten, reading)).toEqual({
      uid: 12,
      size: 3_000,
      candidate: true,
      messageId: '<1@x>',
      sentAt: new Date(0),
      envelope: { from: ['order@rakuten.co.jp'], to: [], subject: '注文内容ご確認' },
    })
  })

  it('is content with an envelope that has nothing in it', () => {
    expect(toListedMail(message({}), reading)).toMatchObject({
      candidate: false,
      messageId: '',
      sentAt: null,
    })
    expect(toListedMail({ seq: 1, uid: 3 }, reading)).toMatchObject({ uid: 3, size: 0, candidate: false })
  })

  it.each([new Date('+275760-01-01'), new Date(Number.NaN), new Date(-1)])(
    'does not pass on the date %s',
    (date) => {
      expect(toListedMail(message({ date }), reading).sentAt).toBeNull()
    },
  )
})

describe('readMail', () => {
  it('judges a mail that breaks the reading by its envelope, and does not throw', async () => {
    const seen = await readMail(toListedMail(rakuten, reading), Buffer.from('x'), {
      malls: breaking,
      rules: [],
      settings,
      judge: createJudge(breaking),
    })
    expect(seen?.recognition).toMatchObject({ marketplace: 'rakuten', kind: 'unknown', orderNumbers: [] })
    expect(seen?.recognition.reason).toMatch(/読み取れません.*取り込んでください/)
  })

  it('forgets such a mail when its envelope is no mall’s', async () => {
    const listed = toListedMail(message({ from: [{ address: 'a@b.example' }], subject: 'x' }), reading)
    expect(
      await readMail(listed, Buffer.from('x'), {
        malls: breaking,
        rules: [],
        settings,
        judge: createJudge(breaking),
      }),
    ).toBeNull()
  })

  it.each([
    ['binary rubbish', Buffer.from(Array.from({ length: 5_000 }, (_, index) => (index * 37) % 256))],
    ['nothing', Buffer.alloc(0)],
    ['a header that never ends', Buffer.from(`X: ${'a'.repeat(250_000)}`)],
  ])('reads %s without failing', async (_name, source) => {
    const seen = await readMail(toListedMail(rakuten, reading), source, reading)
    expect(seen === null || seen.recognition.orderNumbers.length === 0).toBe(true)
  })
})
