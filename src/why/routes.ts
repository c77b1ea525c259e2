import type { Pool } from 'pg'
import type { Routes } from '../http/app-types.ts'
import { shopsOf, tenantOf } from '../http/auth.ts'
import type { Marketplaces } from '../marketplaces/index.ts'
import { type Clock, dateNow } from '../platform/clock.ts'
import { shopNotFound } from '../shops/shops/shops.ts'
import { decide } from './decide.ts'
import { readFacts } from './facts.ts'
import { Why, WhyQuery } from './schemas.ts'

/** GET /v1/why */
export const whyRoutes =
  (deps: { pool: Pool; clock: Clock; marketplaces: Marketplaces }): Routes =>
  (app) => {
    app.get(
      '/why',
      {
        schema: {
          tags: ['imports'],
          operationId: 'getWhy',
          summary: 'Why is this order not here? (注文が来ていない理由)',
          description:
            'One verdict about one order number, from all that is stored: orders, import requests and their attempts, the mall’s ' +
            'lists, mails, and what keeps a shop from its mall. With its evidence, what happens next and when, and what a person ' +
            'can do. The mall is not asked. Nothing of a buyer is in the answer.',
          querystring: WhyQuery,
          response: { 200: Why },
        },
      },
      async (request) => {
        const { number, shopId } = request.query
        const shops = shopId === undefined ? shopsOf(request) : [shopId]
        const facts = await readFacts(deps, tenantOf(request), number, shops, dateNow(deps.clock))
        if (shopId !== undefined && facts.shops.length === 0) throw shopNotFound()
        return decide(number, facts)
      },
    )
  }
