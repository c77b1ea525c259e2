import { z } from 'zod'

/**
 * Builds a mall's schema of credentials without the token that the consent brings. All its other rules apply,
 * because `standIn`, a text of the form of the mall's tokens, fills in for the refresh token.
 */
export const beforeConsent = <C extends { refreshToken: string }>(
  credentials: z.ZodType<C>,
  standIn: string,
): z.ZodType<Partial<C>> =>
  z.preprocess(
    (given) => (isObject(given) ? { ...given, refreshToken: standIn } : given),
    credentials.transform(({ refreshToken: _, ...rest }) => rest as unknown as Partial<C>),
  ) as unknown as z.ZodType<Partial<C>>

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
