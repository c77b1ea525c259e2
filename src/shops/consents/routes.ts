import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { anyone, tenant } from '../../http/access.ts'
import type { Routes } from '../../http/app-types.ts'
import { callerOf, type OpenSession } from '../../http/auth.ts'
import { asksOthers } from '../../http/limits.ts'
import { json, operation } from '../../http/operation.ts'
import { IdParams } from '../../http/schemas.ts'
import { MALLS } from '../../marketplaces/index.ts'
import type { MallFacts } from '../../marketplaces/port/marketplace.ts'
import { factsOf } from '../../platform/narrow.ts'
import { keepBrowser, visitorOf } from './browser.ts'
import {
  CODE_FIELD,
  type ConsentEnding,
  type ConsentTerms,
  consentPage,
  pageHeaders,
  wordsOf,
} from './page.ts'
import {
  beginConsent,
  ConsentAnswer,
  type ConsentBeginTools,
  type ConsentFinishTools,
  finishConsent,
  NewConsent,
} from './shop-consent.ts'

/** POST /v1/shops/{id}/consent */
export const consentRoutes =
  (tools: ConsentBeginTools): Routes =>
  (app) => {
    operation(app, {
      id: 'beginConsent',
      at: 'POST /v1/shops/:id/consent',
      since: '1.0.0',
      tag: 'shops',
      who: tenant('owner', 'by path'),
      cost: 'light',
      audit: ['shop.consent_begun'],
      limit: asksOthers(),
      summary: 'Begin a consent in the browser (同意の開始)',
      description:
        'For malls with consents (`consent` in GET /v1/marketplaces). Open `url` in a browser and consent there within ten minutes; ' +
        'the mall sends the browser to `/oauth/{marketplace}/callback`, which stores the tokens, opens the lane and shows what ' +
        'happened. Needs the setting PUBLIC_URL, and that address registered with the mall. The body may be left out. A consent that a signed-in browser began ends in that browser alone; of another the person types `code` at the end, unless an owner is signed in there.',
      params: IdParams,
      body: json(NewConsent.meta({ examples: [{}] }).optional(), '64 KiB'),
      repeat: { key: 'no answer kept', work: 'several steps' },
      answers: { 200: ConsentAnswer },
      run: async (request, reply) => {
        const browser = keepBrowser(tools, request, reply)
        const credentials = request.body?.credentials ?? {}
        return beginConsent(tools, callerOf(request), request.params.id, credentials, browser)
      },
    })
  }

/** Accepts any text: every request is answered with a page, so validation must refuse none. */
export const text = (description: string) =>
  z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe(description)

const ofMalls = Object.fromEntries(
  MALLS.flatMap((mall: MallFacts) => Object.entries(mall.consentQuery ?? {})).map(([name, description]) => [
    name,
    text(description),
  ]),
)

/** GET /oauth/{marketplace}/callback, without an API key: the state is the proof. */
export const consentCallback =
  (tools: ConsentFinishTools & { openSession: OpenSession }): Routes =>
  (app) => {
    operation(app, {
      id: 'endConsent',
      at: 'GET /oauth/:marketplace/callback',
      since: '1.0.0',
      tag: 'shops',
      who: anyone('state'),
      cost: 'light',
      audit: ['shop.consent_ended'],
      limit: { rateLimit: { max: 60, timeWindow: 60_000 } },
      head: false,
      summary: 'Where the mall sends the browser back to (同意の結果)',
      description:
        'Answers a page in Japanese (HTML). Each `state` counts once, for ten minutes; with another one nothing is stored.',
      params: z.object({ marketplace: z.string().describe('Mall (モール)') }),
      query: z.looseObject({
        state: text('As it was given to the mall (状態)'),
        ...ofMalls,
        [CODE_FIELD]: text('The code that was typed (確認コード)'),
        error: text('What went wrong at the mall (エラー)'),
      }),
      run: async (request, reply) => {
        const { marketplace } = request.params
        return answerConsent(request, reply, marketplace, async ({ [CODE_FIELD]: typed, ...query }) =>
          finishConsent(tools, marketplace, query, await visitorOf(request, tools.openSession, typed)),
        )
      },
    })
  }

/** Ends a consent and shows the person how. */
export async function answerConsent(
  request: FastifyRequest,
  reply: FastifyReply,
  marketplace: string,
  finish: (query: Readonly<Record<string, string>>) => Promise<ConsentEnding>,
  terms?: ConsentTerms,
) {
  const query = textsOf(factsOf(request.query))
  const ending = await finish(query).catch((error: unknown): ConsentEnding => ({ kind: 'broken', error }))
  if (ending.kind === 'broken') request.log.error({ err: ending.error }, 'a consent could not be ended')
  else request.log.info({ marketplace, outcome: ending.kind }, 'a consent ended')
  const words = wordsOf(ending, terms)
  const { [CODE_FIELD]: _, ...rest } = query
  const asked = ending.kind === 'needs_code' ? rest : null
  return reply
    .code(words.status)
    .headers(pageHeaders(asked !== null))
    .send(consentPage(words, asked))
}

/** A parameter that comes twice says nothing certain, so it counts as not there. */
function textsOf(query: object): Record<string, string> {
  const texts = Object.entries(query).filter(([, value]) => typeof value === 'string' && value.length <= 4096)
  return Object.fromEntries(texts)
}
