import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type KeptMail, mailContext } from '../../../src/mail/intake/batch.ts'
import { mailRoutes } from '../../../src/mail/routes.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeMailbox, makeTenant, newId, testSealer } from '../../support/fixtures.ts'
import { type RestServer, restServer } from '../../support/http/rest-server.ts'

describe('GET /v1/admin/mails', () => {
  let database: TestDatabase
  let rest: RestServer
  let tenantId: string
  let mailboxId: string

  beforeAll(async () => {
    database = await freshDatabase()
    const { db } = database
    tenantId = (await makeTenant(db)).id
    mailboxId = (await makeMailbox(db, { tenantId })).id
    const operatorRoutes = [mailRoutes({ db, sealer: testSealer })]
    rest = await restServer(db, { more: { clientRoutes: [], operatorRoutes } })
    await addMail(1, 'recognised', { subject: '注文 1', from: ['order@mall.example'] })
    await addMail(2, 'unreadable', { subject: '注文 2', from: ['order@mall.example'], text: '読めない本文' })
    await addMail(3, 'unreadable', null)
  })
  afterAll(async () => {
    await rest?.close()
    await database?.close()
  })

  async function addMail(
    uid: number,
    state: 'recognised' | 'unreadable',
    kept: KeptMail | null,
  ): Promise<void> {
    const id = newId()
    const sealedMail =
      kept === null ? Buffer.from('of another key') : testSealer.of(tenantId).sealJson(mailContext(id), kept)
    const found = state === 'recognised' ? { orderNumbers: [`n-${uid}`], reason: null } : { reason: '理由' }
    await database.db.mail.create({
      data: {
        id,
        tenantId,
        mailboxId,
        uid,
        state,
        sealedMail,
        ...found,
        uidValidity: 1,
        fingerprint: Buffer.from([uid]),
        marketplace: 'rakuten',
        kind: state === 'recognised' ? 'new_order' : 'unknown',
        seenAt: new Date(Date.UTC(2026, 0, uid)),
        size: 100,
      },
    })
  }

  const get = (query: string, headers = rest.operator) =>
    rest.app.inject({ url: `/v1/admin/mails${query}`, headers })

  it('shows what was kept of each, newest first, even when one cannot be unsealed', async () => {
    const { mails, nextCursor } = (await get('')).json()
    expect(nextCursor).toBeNull()
    expect(mails).toMatchObject([
      { state: 'unreadable', subject: null, from: [], text: null },
      { state: 'unreadable', subject: '注文 2', text: '読めない本文', reason: '理由', orderNumbers: [] },
      {
        state: 'recognised',
        subject: '注文 1',
        text: null,
        from: ['order@mall.example'],
        orderNumbers: ['n-1'],
      },
    ])
  })

  it('filters and pages', async () => {
    const first = (await get(`?state=unreadable&tenantId=${tenantId}&limit=1`)).json()
    expect(first.mails).toHaveLength(1)
    const second = (
      await get(`?state=unreadable&mailboxId=${mailboxId}&limit=1&cursor=${first.nextCursor}`)
    ).json()
    expect(second.mails).toMatchObject([{ subject: '注文 2' }])
    expect(second.nextCursor).toBeNull()
    expect((await get(`?tenantId=${newId()}`)).json().mails).toEqual([])
    expect((await get('?state=lost')).statusCode).toBe(422)
  })

  it('is for operators alone', async () => {
    const answer = await get('', (await rest.keyFor(tenantId)) as typeof rest.operator)
    expect(answer.statusCode).toBe(403)
    expect(answer.body).not.toContain('注文')
  })
})
