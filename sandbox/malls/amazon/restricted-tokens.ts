import { z } from 'zod'
import { jsonAnswer, type SandboxAnswer, type SandboxRequest } from '../../kit/http-kit.ts'
import { seeded } from '../../kit/seeded.ts'
import type { ControllableClock } from '../../kit/types.ts'
import { errorAnswer, invalidInput } from './answers.ts'
import { text } from './shops.ts'

/**
 * Restricted data tokens (tokens 2021-03-01): what clients of the old reads send in place of the access
 * token, for the paths listed.
 */

const Body = z.object({
  restrictedResources: z
    .array(
      z.object({
        method: z.enum(['GET', 'PUT', 'POST', 'DELETE']),
        path: z.string().startsWith('/'),
        dataElements: z.array(z.enum(['buyerInfo', 'shippingAddress', 'buyerTaxInformation'])).optional(),
      }),
    )
    .min(1)
    .max(50),
})

export interface RestrictedTokens {
  /** POST /tokens/2021-03-01/restrictedDataToken */
  issue(request: SandboxRequest, accessToken: string, mayReadPersonalData: boolean): SandboxAnswer
  /** The access token and what it opens at this path; null when it is no such token, or not for this path. */
  open(
    token: string,
    method: string,
    path: string,
  ): { accessToken: string; elements: ReadonlySet<string> } | null
}

const LIFE_MS = 60 * 60 * 1000
const PREFIX = 'Atz.sprdt|'

export function createRestrictedTokens(seed: number, clock: ControllableClock): RestrictedTokens {
  const random = seeded(seed, 91)
  const tokens = new Map<string, { accessToken: string; endsAt: number; body: z.infer<typeof Body> }>()
  return {
    issue({ body }, accessToken, mayReadPersonalData) {
      const parsed = Body.safeParse(parsedJson(body))
      if (!parsed.success)
        return errorAnswer(400, 'InvalidRequest', 'Request is invalid.', 'Resource not provided.')
      const asked = parsed.data.restrictedResources.flatMap(({ dataElements = [] }) => dataElements)
      if (!mayReadPersonalData && asked.length > 0)
        return invalidInput(
          `Application does not have access to one or more requested data elements: [${[...new Set(asked)].join(', ')}]`,
        )
      const token = `${PREFIX}${text(random, 60)}`
      tokens.set(token, { accessToken, endsAt: clock.now() + LIFE_MS, body: parsed.data })
      return jsonAnswer(200, { restrictedDataToken: token, expiresIn: LIFE_MS / 1000 })
    },
    open(token, method, path) {
      const known = tokens.get(token)
      if (!known || clock.now() >= known.endsAt) return null
      const resource = known.body.restrictedResources.find(
        (one) => one.method === method && isFor(one.path, path),
      )
      return resource ? { accessToken: known.accessToken, elements: new Set(resource.dataElements) } : null
    },
  }
}

/** `{orderId}` stands for any order; all else is as it is. */
function isFor(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern.split('/'), path.split('/')]
  return (
    wanted.length === given.length && wanted.every((part, at) => part === '{orderId}' || part === given[at])
  )
}

function parsedJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}
