import type { Routes } from '../http/app-types.ts'
import { callerOf, shopsOf, tenantOf } from '../http/auth.ts'
import { clientGone } from '../http/client-gone.ts'
import { createFairGate } from '../platform/fair-gate.ts'
import { type ActionDeps, act } from './actions.ts'
import {
  ShopReasons,
  WaitingOrders,
  WaitingQuery,
  Why,
  WhyActed,
  WhyAction,
  WhyMail,
  WhyQuery,
} from './schemas.ts'
import { readShopReasons, readWaiting } from './waiting.ts'
import { answerWhy, answerWhyOfMail, type WhyDeps } from './why.ts'

const tags = ['imports']
const AN_ID = '0199c0de-0000-7000-8000-000000000001'
/** It waits for a mall, some seconds at most, and is no load meanwhile. */
const WAITS = { waits: true } as const

/** Of one process: as many look-ups at once, and a quarter of them for one tenant. */
const LOOKING = { atOnce: 8, perKey: 2, queuePerKey: 32 }

/** 「この注文はなぜ来ていないのか」. Paths are relative to /v1, behind a tenant's key. */
export const whyRoutes =
  (tools: Omit<WhyDeps, 'turns'> & ActionDeps): Routes =>
  (app) => {
    const deps = { ...tools, turns: createFairGate(LOOKING) }
    app.get(
      '/why',
      {
        config: WAITS,
        schema: {
          tags,
          operationId: 'getWhy',
          summary: 'Why is this order not here? (注文が来ていない理由)',
          description:
            'One verdict about one order, from all that is stored (orders, import requests and their attempts, the mall’s lists, ' +
            'mails, what keeps a shop from its mall) and from what the mall says of the number now. With its evidence, what happens ' +
            'next and when, and what a person can do. Where a part of a number, or a buyer and a day, may mean several orders, they ' +
            'are `candidates`. Nothing is imported by this call; nothing of a buyer is in the answer.',
          querystring: WhyQuery,
          response: { 200: Why },
        },
      },
      (request, reply) =>
        answerWhy(
          deps,
          { tenantId: tenantOf(request), shops: shopsOf(request) },
          request.query,
          clientGone(reply),
        ),
    )

    app.post(
      '/why',
      {
        config: { ...WAITS, idempotency: 'none' },
        schema: {
          tags,
          operationId: 'getWhyOfMail',
          summary: 'Why is the order of this mail not here? (貼り付けたメールの注文が来ていない理由)',
          description:
            'Takes the source of a mail, or its sender, subject and text, reads it as mails of the mailboxes are read, and answers ' +
            'as GET /v1/why does for the number in it. The mail is not kept.',
          body: WhyMail.meta({
            examples: [{ subject: '注文確認', text: '[受注番号] 123456-20260115-0000000001', live: false }],
          }),
          response: { 200: Why },
        },
      },
      (request, reply) =>
        answerWhyOfMail(
          deps,
          { tenantId: tenantOf(request), shops: shopsOf(request) },
          request.body,
          clientGone(reply),
        ),
    )

    app.get(
      '/why/waiting',
      {
        schema: {
          tags,
          operationId: 'listWaitingOrders',
          summary: 'All orders that the shops wait for, and why (取込待ちの受注と理由)',
          description: 'Newest first, each with the verdict of GET /v1/why without asking the mall.',
          querystring: WaitingQuery,
          response: { 200: WaitingOrders },
        },
      },
      (request) => {
        const { shopId, ...page } = request.query
        return readWaiting(deps, tenantOf(request), page, shopId === undefined ? shopsOf(request) : [shopId])
      },
    )

    app.get(
      '/why/shops',
      {
        schema: {
          tags,
          operationId: 'listShopReasons',
          summary: 'Reasons for which each shop’s imports wait (店舗ごとの取込待ちの理由)',
          description:
            'The verdict of GET /v1/why about the order that each shop waits for longest, one whose calls break first.',
          response: { 200: ShopReasons },
        },
      },
      (request) => readShopReasons(deps, tenantOf(request), shopsOf(request)),
    )

    app.post(
      '/why/actions',
      {
        schema: {
          tags,
          operationId: 'actOnWhy',
          summary: 'Do what an answer offers (理由への対応)',
          description:
            'import_now ends whatever the order was waiting for, a lane that an outage closed included. It is only begun here: ' +
            'each attempt stands in `evidence` of GET /v1/why, and GET /v1/events sends the board after each.',
          body: WhyAction.meta({
            examples: [{ action: 'import_now', shopId: AN_ID, number: '123456-20260115-0000000001' }],
          }),
          response: { 202: WhyActed },
        },
      },
      async (request, reply) => {
        reply.code(202)
        return act(deps, callerOf(request), request.body)
      },
    )
  }
