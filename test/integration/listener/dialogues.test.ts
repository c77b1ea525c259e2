import { afterEach, describe, expect, it } from 'vitest'
import { DIALOGUES, type Played, playDialogue } from '../../support/mail/dialogues.ts'
import { type ListenerBench, listenerBench, orderMail, orderOf } from '../../support/mail/listener.ts'

const USER = 'orders@shop.example'
const WAIT = { timeout: 20_000, interval: 20 }

/** Answers as public records show them: nobody here has an account at these providers. */
describe.each(Object.entries(DIALOGUES))('a mailbox that answers as %s', (_name, dialogue) => {
  let played: Played
  let bench: ListenerBench | undefined

  afterEach(async () => {
    await bench?.close()
    await played?.stop()
  })

  it('is read, tells of new mails, and is read on after its BYE for a silence', async () => {
    played = await playDialogue(dialogue)
    const login = { host: '127.0.0.1', port: played.port, security: 'plain', username: USER } as const
    bench = await listenerBench({ login: { ...login, password: 'secret-password' } })
    const { listen, mailbox, requests, hints } = bench
    const numbers = async () => (await requests()).map(({ orderNumber }) => orderNumber)
    const orders = [1, 2, 3].map((n) => orderOf('rakuten', n).orderNumber)
    const state = dialogue.capabilities[1].includes(' IDLE') ? 'connected' : 'polling'
    played.deliver(orderMail(USER, 1))
    listen()
    await expect.poll(numbers, WAIT).toEqual(orders.slice(0, 1))
    await expect.poll(async () => (await mailbox()).state, WAIT).toBe(state)
    played.deliver(orderMail(USER, 2))
    await expect.poll(numbers, WAIT).toEqual(orders.slice(0, 2))
    played.bye('Connection is closed. 13')
    await expect.poll(() => played.commands.filter((name) => name === 'EXAMINE').length, WAIT).toBe(2)
    played.deliver(orderMail(USER, 3))
    await expect.poll(numbers, WAIT).toEqual(orders)
    await expect.poll(async () => (await mailbox()).state, WAIT).toBe(state)
    expect(await mailbox()).toMatchObject({ failures: 0, attentionCode: null })
    expect(await hints()).toEqual([])
    // Nothing but commands that read.
    const reading = [
      'CAPABILITY',
      'ID',
      'LIST',
      'LSUB',
      'NAMESPACE',
      'EXAMINE',
      'UID FETCH',
      'UID SEARCH',
      'NOOP',
      'IDLE',
    ]
    expect(played.commands.filter((name) => ![...reading, 'AUTHENTICATE', 'LOGIN'].includes(name))).toEqual(
      [],
    )
  })
})
