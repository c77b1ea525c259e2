import { z } from 'zod'
import { documentOnly } from '../http/answers.ts'
import { Id, Time } from '../http/schemas.ts'
import { invalid } from '../http/validation.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db } from '../platform/db/database.ts'
import { AppError } from '../platform/errors.ts'
import type { NewId } from '../platform/ids.ts'
import { audit, type Caller, noteOf } from '../shops/tenants/audit.ts'
import { type Picture, pictureOf } from './image.ts'

/** A shop's own words and its logo on 納品書 and 出荷指示書. They go to every buyer, so they are not sealed. */

export interface PaperDeps {
  db: Db
  clock: Clock
  newId: NewId
}

const MOST_BYTES = 200 * 1_024
/** Sharp on 60 mm of paper; a browser unpacks 16 MB of it at most. */
const MOST_PIXELS = 2_000
const LEAST_PIXELS = 8

const paperText = (characters: number, lines: number) =>
  z
    .string()
    .max(characters)
    .refine((text) => printed(text).split('\n').length <= lines, { error: `${lines} 行までにしてください。` })

/** Breaks stay, other control characters go: a paper shows none. */
const printed = (text: string): string =>
  text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n]/gu, '')
    .trim()

const Logo = z.object({
  file: z.base64().describe('The picture in Base64 (画像)'),
  type: z.enum(['image/png', 'image/jpeg']).describe('By its bytes (形式)'),
  width: z.int().describe('Pixels (幅)'),
  height: z.int().describe('Pixels (高さ)'),
})

const PapersRequest = z
  .strictObject({
    headText: paperText(300, 5).describe('Below the shop’s name, 5 lines at most (上部の文)'),
    footText: paperText(1_000, 12).describe('At the end of 納品書, 12 lines at most (下部の文)'),
    packText: paperText(500, 6)
      .default('')
      .describe('On 出荷指示書 alone, for whoever packs, 6 lines at most (出荷指示書の文)'),
    logo: z
      .base64()
      .min(4)
      .max(Math.ceil(MOST_BYTES / 3) * 4)
      .nullable()
      .describe(
        `PNG or JPEG in Base64, ${MOST_BYTES / 1_024} KiB and ${MOST_PIXELS} pixels a side at most; null: none (ロゴ)`,
      ),
  })
  .describe('A shop’s words and logo on papers (納品書・出荷指示書の設定)')

/** As many as a tenant may have. */
const MOST_SHOPS = 500

export const PapersChange = PapersRequest.extend({
  alsoShops: z
    .array(Id)
    .max(MOST_SHOPS)
    .default([])
    .describe('The same for these shops, whatever theirs were: all of them or none (ほかの店舗)'),
})

export const PapersAnswer = documentOnly(
  z
    .object({
      headText: z.string().describe('上部の文'),
      footText: z.string().describe('下部の文'),
      packText: z.string().describe('出荷指示書の文'),
      logo: Logo.nullable().describe('Null: none (ロゴ)'),
      updatedAt: Time.nullable().describe('Null: never set (更新日時)'),
      // Longer than 32 bits, which a C# client must be told.
      version: z.int().meta({ format: 'int64', description: 'For `If-Match`; 0: never set (版)' }),
    })
    .meta({ id: 'Papers', description: 'A shop’s words and logo on papers (納品書・出荷指示書の設定)' }),
)
type Papers = z.infer<typeof PapersAnswer>

/** @throws AppError NOT_FOUND for another tenant's shop */
export async function readPapers({ db }: PaperDeps, tenantId: string, shopId: string): Promise<Papers> {
  const shop = await db.shop.findFirst({ where: { id: shopId, tenantId }, include: { papers: true } })
  if (!shop) throw new AppError('NOT_FOUND', '店舗が見つかりません。')
  const { papers } = shop
  return {
    headText: papers?.headText ?? '',
    footText: papers?.footText ?? '',
    packText: papers?.packText ?? '',
    logo: papers?.logo ? logoOf(Buffer.from(papers.logo)) : null,
    updatedAt: papers?.updatedAt.toISOString() ?? null,
    version: versionOf(papers),
  }
}

/** The time of the last change, which only rises. */
const versionOf = (papers: { updatedAt: Date } | null | undefined): number => papers?.updatedAt.getTime() ?? 0

function logoOf(bytes: Buffer): Papers['logo'] {
  const picture = pictureOf(bytes)
  return picture && { file: bytes.toString('base64'), ...picture }
}

/**
 * Writes a shop's papers, and those of other shops with it: all or none.
 * @param seen the version that the change was made on; null: any
 * @param reach shops that the caller may change; null: all of the tenant's
 * @throws AppError VALIDATION_FAILED for a file that is no picture, or too large, NOT_FOUND, VERSION_MISMATCH
 */
export async function writePapers(
  deps: PaperDeps,
  caller: Caller,
  { shopId, seen, reach }: { shopId: string; seen: number | null; reach: readonly string[] | null },
  { logo, alsoShops, ...texts }: z.infer<typeof PapersChange>,
): Promise<Papers> {
  const { tenantId } = caller
  const bytes = logo === null ? null : Buffer.from(logo, 'base64')
  const fault = bytes && logoFault(bytes, pictureOf(bytes))
  if (fault) throw invalid([{ field: 'logo', ...fault }])
  const change = {
    headText: printed(texts.headText),
    footText: printed(texts.footText),
    packText: printed(texts.packText),
    logo: bytes && new Uint8Array(bytes),
  }
  // In one order for everybody, so that two requests wait for each other and never both.
  const ids = [...new Set([shopId, ...alsoShops])].sort()
  const isWritten = await deps.db
    .$transaction(async (tx) => {
      const shops = await tx.shop.findMany({
        where: { tenantId, id: { in: ids } },
        select: { id: true, papers: { select: { updatedAt: true } } },
      })
      const isMissing = (id: string) =>
        !shops.some((shop) => shop.id === id) || (id !== shopId && reach !== null && !reach.includes(id))
      if (ids.some(isMissing)) throw new AppError('NOT_FOUND', '店舗が見つかりません。')
      const before = new Map(shops.map(({ id, papers }) => [id, versionOf(papers)]))
      if (seen !== null && before.get(shopId) !== seen) return false
      const last = Math.max(...before.values())
      const updatedAt = new Date(Math.max(deps.clock.now(), last + 1))
      for (const id of ids) {
        // Somebody else's change since they were read leaves no row of that time.
        const written =
          before.get(id) === 0
            ? await tx.shopPapers.createMany({
                data: [{ shopId: id, tenantId, ...change, updatedAt }],
                skipDuplicates: true,
              })
            : await tx.shopPapers.updateMany({
                where: { shopId: id, updatedAt: new Date(before.get(id) ?? 0) },
                data: { ...change, updatedAt },
              })
        if (written.count === 0) throw new Overtaken()
        await audit(tx, deps, noteOf(caller, 'shop.papers_updated', id, { logoBytes: bytes?.length ?? 0 }))
      }
      return true
    })
    .catch((error: unknown) => {
      if (error instanceof Overtaken) return false
      throw error
    })
  const current = await readPapers(deps, tenantId, shopId)
  if (isWritten) return current
  const message =
    'ほかの人が先に納品書の設定を更新しました。最新の内容（current）を確認して、もう一度保存してください。'
  throw new AppError('VERSION_MISMATCH', message, { details: { current, sent: { version: seen } } })
}

/** Two changes at once: the later one writes nothing. */
class Overtaken extends Error {}

function logoFault(bytes: Buffer, picture: Picture | null): { code: string; message: string } | null {
  if (bytes.length > MOST_BYTES)
    return {
      code: 'too_big',
      message: `ロゴは ${MOST_BYTES / 1_024} KiB までです。小さくして選び直してください。`,
    }
  if (picture === null)
    return {
      code: 'not_a_picture',
      message: 'PNG か JPEG の画像を選んでください（SVG、WebP、GIF は使えません）。',
    }
  const sides = [picture.width, picture.height]
  if (sides.some((side) => side < LEAST_PIXELS || side > MOST_PIXELS))
    return {
      code: 'picture_size',
      message: `ロゴは縦横 ${LEAST_PIXELS}〜${MOST_PIXELS} 画素にしてください（この画像は ${sides.join('×')}）。`,
    }
  return null
}
