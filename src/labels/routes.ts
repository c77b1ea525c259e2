import { z } from 'zod'
import type { App, Routes } from '../http/app-types.ts'
import { callerOf, tenantOf } from '../http/auth.ts'
import { idempotencyHeader, idempotencyKeyOf } from '../http/idempotency.ts'
import { japaneseDay } from '../platform/japan-time.ts'
import { type CheckedOrder, checkLabels, createLabelFile, type LabelDeps, labelId } from './make-file.ts'
import {
  LabelCheck,
  LabelCheckRequest,
  LabelFileAnswer,
  LabelFileRequest,
  LabelFormats,
  LabelSettingsRequest,
  MOST_FILE_BYTES,
  TRACKING_IDS,
  TrackingAnswer,
  TrackingRequest,
} from './schemas.ts'
import { FORMAT_IDS, type FormatId, formatOf, readSettings, writeSettings } from './settings.ts'
import { importTracking, type ShipRequests, TRACKING_FORMATS } from './tracking.ts'

export interface LabelRouteDeps extends LabelDeps {
  ships: ShipRequests
}

const tags = ['labels']

const EXAMPLE = {
  format: 'yamato_b2' as const,
  orderIds: ['0199c0de-0000-7000-8000-000000000003'],
  options: { service: 'takkyubin', shippedOn: '2026-04-01' },
}
const TRACKING_EXAMPLE = {
  format: 'yamato_b2' as const,
  file: Buffer.from('お客様管理番号,伝票番号\r\nT0A1B2C3D4,400000000002\r\n').toString('base64'),
}

/** 送り状: the carriers' files and their numbers. Paths are relative to /v1, behind a tenant's key. */
export const labelRoutes =
  (deps: LabelRouteDeps): Routes =>
  (app) => {
    settingRoutes(app, deps)
    fileRoutes(app, deps)
    trackingRoute(app, deps)
  }

function settingRoutes(app: App, deps: LabelRouteDeps): void {
  app.get(
    '/labels/formats',
    {
      schema: {
        tags,
        operationId: 'listLabelFormats',
        summary: 'Carriers’ tools, with what is set for each (送り状ソフトと設定)',
        description: 'Fields, codes and settings of each tool.',
        response: { 200: LabelFormats },
      },
    },
    async (request) => ({
      formats: await Promise.all(FORMAT_IDS.map((id) => describeFormat(deps, tenantOf(request), id))),
      tracking: TRACKING_IDS.map((id) => ({ id, label: TRACKING_FORMATS[id].label })),
      nextCursor: null,
    }),
  )

  app.put(
    '/labels/settings',
    {
      schema: {
        tags,
        operationId: 'setLabelSettings',
        summary: 'Set who sends, and the codes of the contract with a carrier (送り状の設定)',
        description:
          'Replaces the settings of this tool. What they are is `settingsSchema` of `GET /v1/labels/formats`; nothing is guessed.',
        body: LabelSettingsRequest,
        response: { 200: LabelFormats.shape.formats.element },
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const { format, settings } = request.body
      await writeSettings(deps, caller, format, settings)
      return describeFormat(deps, caller.tenantId, format)
    },
  )
}

async function describeFormat({ db }: LabelRouteDeps, tenantId: string, id: FormatId) {
  const { label, services, mostRows, settings: schema } = formatOf(id)
  const { settings, updatedAt } = await readSettings(db, tenantId, id)
  return {
    id,
    label,
    mostRows,
    services: [...services],
    settings,
    configured: settings !== null && schema.safeParse(settings).success,
    settingsSchema: z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }),
    updatedAt: updatedAt?.toISOString() ?? null,
  }
}

function fileRoutes(app: App, deps: LabelRouteDeps): void {
  const withDay = <T extends { options: { shippedOn?: string | undefined } }>(body: T) => ({
    ...body,
    options: { ...body.options, shippedOn: body.options.shippedOn ?? japaneseDay(deps.clock.now()) },
  })

  app.post(
    '/labels/check',
    {
      config: {
        repeat: 'safe',
        deprecated: { since: '2026-11-29', sunset: '2028-01-01', successor: '/v1/labels' },
      },
      schema: {
        tags,
        operationId: 'checkLabels',
        summary: 'What a carrier’s tool would refuse, before the file is made (送り状の事前確認)',
        description:
          'Lengths, characters that CP932 lacks, addresses that do not fit, withdrawn time slots, phones, cash on delivery. ' +
          'Nothing is stored. Deprecated: `POST /v1/labels` with `dryRun` says the same.',
        body: LabelCheckRequest.meta({ examples: [EXAMPLE] }),
        response: { 200: LabelCheck },
      },
    },
    async (request) => {
      const orders = await checkLabels(deps, tenantOf(request), withDay(request.body))
      return { ...counts(orders), orders: orders.map((order) => answerOf(order, () => null)) }
    },
  )

  app.post(
    '/labels',
    {
      config: { repeat: { key: 'same rows' } },
      schema: {
        tags,
        operationId: 'makeLabels',
        summary: 'A carrier’s file of the orders that pass (送り状ファイルの出力)',
        description:
          'CP932 with CRLF, one line for each recipient. The key of a line (お客様管理番号) finds its order again when the ' +
          'tracking file comes in; an order keeps its key in later files. Orders that are refused are told and left out, or refuse ' +
          'the whole with `strict`. Nothing of an address is ever cut. `dryRun` makes no file and no keys.',
        headers: idempotencyHeader(
          '1 to 255 visible characters: a repeat makes the file anew, under the same keys of its lines, and its answer is kept nowhere (冪等キー)',
        ),
        body: LabelFileRequest.meta({ examples: [EXAMPLE] }),
        response: { 200: LabelFileAnswer },
      },
    },
    async (request) => {
      const caller = callerOf(request)
      const { dryRun, ...body } = withDay(request.body)
      const { bytes, rows, orders, keys } = await createLabelFile(deps, caller, body, dryRun)
      return {
        ...(dryRun ? { dryRun } : {}),
        ...counts(orders),
        rows,
        file: bytes?.toString('base64') ?? null,
        fileName: bytes === null ? null : `${body.format}-${body.options.shippedOn}.csv`,
        orders: orders.map((order) => answerOf(order, (id) => keys.get(labelId(order.orderId, id)) ?? null)),
      }
    },
  )
}

const counts = (orders: readonly CheckedOrder[]) => {
  const ready = orders.filter(({ ok }) => ok).length
  return { ready, refused: orders.length - ready }
}

/** Omits the cells, so that a check shows no address. */
const answerOf = ({ labels, ...order }: CheckedOrder, keyOf: (recipientId: string) => string | null) => ({
  ...order,
  labels: labels.map(({ recipientId }) => ({ recipientId, key: keyOf(recipientId) })),
})

function trackingRoute(app: App, deps: LabelRouteDeps): void {
  app.post(
    '/labels/tracking',
    {
      bodyLimit: 2 * MOST_FILE_BYTES,
      config: { repeat: { key: 'same rows' } },
      schema: {
        tags,
        operationId: 'importTracking',
        summary: 'Read a carrier’s tracking file; with `apply` ask for the ship changes (送り状番号の取込)',
        description:
          'Columns are found by their names. Without `apply` a preview: which order each line belongs to, whether its number can ' +
          'be right, what the mall would refuse. With `apply` each order gets a ship change as by `POST /v1/site-changes`, and ' +
          '`Idempotency-Key` is required: the same key with the same file asks for nothing twice.',
        headers: idempotencyHeader(
          'Required with `apply`: 1 to 255 visible characters, new for each file (冪等キー)',
          '3f0f6b1e-6f0e-4b0e-9a53-0f5b6f2b7c11',
        ),
        body: TrackingRequest.meta({ examples: [TRACKING_EXAMPLE] }),
        response: { 200: TrackingAnswer },
      },
    },
    async (request) => {
      const { file, apply, shippedOn, ...options } = request.body
      const key = apply ? idempotencyKeyOf(request.headers['idempotency-key'], '送り状番号の取込') : null
      const caller = callerOf(request)
      const wanted = { ...options, shippedOn: shippedOn ?? japaneseDay(deps.clock.now()) }
      const rows = await importTracking(deps, caller, Buffer.from(file, 'base64'), wanted, key)
      const count = (result: string) => rows.filter((row) => row.result === result).length
      return { ready: count('ready'), requested: count('requested'), refused: count('refused'), rows }
    },
  )
}
