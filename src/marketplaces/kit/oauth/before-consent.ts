import { z } from 'zod'

/**
 * A mall's own schema of credentials without what the consent is to bring. All its other rules hold, since the refresh
 * token is filled in by `standIn`: a text of the form that the mall's tokens have.
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
