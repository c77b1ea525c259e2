import { z } from 'zod'
import { tenant } from '../http/access.ts'
import type { App, Routes } from '../http/app-types.ts'
import { callerOf, tenantOf } from '../http/auth.ts'
import { idempotencyHeader, idempotencyKeyOf } from '../http/idempotency.ts'
import { json, operation } from '../http/operation.ts'
import { Id, IdParams } from '../http/schemas.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import { japaneseDay } from '../platform/japan-time.ts'
import { bundleOrders, endBundle } from './bundles.ts'
import { findParcels } from './find-parcels.ts'
import { type CheckedOrder, checkLabels, createLabelFile, type LabelDeps, labelId } from './make-file.ts'
import {
  BundleAnswer,
  BundleRequest,
  LabelCheck,
  LabelCheckRequest,
  LabelFileAnswer,
  LabelFileRequest,
  LabelFormats,
  LabelSettingsRequest,
  TRACKING_IDS,
  TrackingAnswer,
  TrackingRequest,
} from './schemas.ts'
import { FORMAT_IDS, type FormatId, formatOf, readSettings, writeSettings } from './settings.ts'
import { importTracking, type ShipRequests, TRACKING_FORMATS } from './tracking.ts'

export interface LabelRouteDeps extends LabelDeps {
  sealer: Pick<Sealer, 'of' | 'fingerprints'>
  ships: ShipRequests
}

const EXAMPLE = {
  format: 'yamato_b2' as const,
  orderIds: ['0199c0de-0000-7000-8000-000000000003'],
  options: { service: 'takkyubin', shippedOn: '2026-04-01' },
}
const EXAMPLE_BUNDLE = ['0199c0de-0000-7000-8000-000000000003', '0199c0de-0000-7000-8000-000000000004']
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
    bundleRoutes(app, deps)
    trackingRoute(app, deps)
    parcelRoute(app, deps)
  }

function bundleRoutes(app: App, deps: LabelRouteDeps): void {
  operation(app, {
    id: 'bundleOrders',
    at: 'POST /v1/bundles',
    since: '1.2.0',
    tag: 'labels',
    who: tenant('staff', 'refused'),
    cost: 'light',
    audit: [],
    summary: 'Join orders into one parcel (同梱にする)',
    description:
      'Orders of one recipient get one label, and its tracking number goes to the mall of each. All of them or none: refused where one is ' +
      'cancelled, on hold, shipped or bundled already, or where address, temperature, gift or wished time differ. The same orders ' +
      'again answer the same bundle.',
    body: json(BundleRequest.meta({ examples: [{ orderIds: EXAMPLE_BUNDLE, dryRun: true }] }), '64 KiB'),
    repeat: { key: 'same answer' },
    answers: { 200: BundleAnswer },
    run: async (request) => {
      const { orderIds, dryRun = false } = request.body
      const made = await bundleOrders(deps, callerOf(request), { orderIds, dryRun })
      return dryRun ? { ...made, dryRun } : made
    },
  })

  operation(app, {
    id: 'endBundle',
    at: 'DELETE /v1/bundles/:id',
    since: '1.2.0',
    tag: 'labels',
    who: tenant('staff', 'refused'),
    cost: 'light',
    audit: [],
    summary: 'Each order its own parcel again (同梱の解除)',
    description: 'A label that was written keeps its orders: its number still goes to all of them.',
    params: IdParams,
    answers: { 200: BundleAnswer },
    run: async (request) => endBundle(deps, callerOf(request), request.params.id),
  })
}

function settingRoutes(app: App, deps: LabelRouteDeps): void {
  operation(app, {
    id: 'listLabelFormats',
    at: 'GET /v1/labels/formats',
    since: '1.0.0',
    tag: 'labels',
    who: tenant('read_only', 'refused'),
    cost: 'light',
    summary: 'Carriers’ tools, with what is set for each (送り状ソフトと設定)',
    description: 'Fields, codes and settings of each tool.',
    answers: { 200: LabelFormats },
    run: async (request) => ({
      formats: await Promise.all(FORMAT_IDS.map((id) => describeFormat(deps, tenantOf(request), id))),
      tracking: TRACKING_IDS.map((id) => ({ id, label: TRACKING_FORMATS[id].label })),
      nextCursor: null,
    }),
  })

  operation(app, {
    id: 'setLabelSettings',
    at: 'PUT /v1/labels/settings',
    since: '1.0.0',
    tag: 'labels',
    who: tenant('owner', 'refused'),
    cost: 'light',
    audit: ['label_settings.updated'],
    summary: 'Set who sends, and the codes of the contract with a carrier (送り状の設定)',
    description:
      'Replaces the settings of this tool. What they are is `settingsSchema` of `GET /v1/labels/formats`; nothing is guessed.',
    body: json(LabelSettingsRequest, '1 MiB'),
    answers: { 200: LabelFormats.shape.formats.element },
    run: async (request) => {
      const caller = callerOf(request)
      const { format, settings } = request.body
      await writeSettings(deps, caller, format, settings)
      return describeFormat(deps, caller.tenantId, format)
    },
  })
}

async function describeFormat({ db }: LabelRouteDeps, tenantId: string, id: FormatId) {
  const { label, services, mostRows, settings: schema } = formatOf(id)
  const { settings, updatedAt } = await readSettings(db, tenantId, id)
  return {
    id,
    label,
    mostRows,
    services: services.map(({ code, label }) => ({ code, label })),
    settings,
    configured: settings !== null && schema.safeParse(settings).success,
    settingsSchema: z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }),
    updatedAt: updatedAt?.toISOString() ?? null,
  }
}

function fileRoutes(app: App, deps: LabelRouteDeps): void {
  const withDay = <T extends { options: { shippedOn?: string | undefined } }>(body: T) => {
    const today = japaneseDay(deps.clock.now())
    return { ...body, options: { ...body.options, shippedOn: body.options.shippedOn ?? today, today } }
  }

  operation(app, {
    id: 'checkLabels',
    at: 'POST /v1/labels/check',
    since: '1.0.0',
    tag: 'labels',
    who: tenant('staff', 'refused'),
    cost: 'light',
    audit: [],
    deprecated: { since: '2026-11-29', sunset: '2028-01-01', successor: '/v1/labels' },
    summary: 'What a carrier’s tool would refuse, before the file is made (送り状の事前確認)',
    description:
      'Lengths, characters that CP932 lacks, addresses that do not fit, withdrawn time slots, phones, cash on delivery. ' +
      'Nothing is stored. Deprecated: `POST /v1/labels` with `dryRun` says the same.',
    body: json(LabelCheckRequest.meta({ examples: [EXAMPLE] }), '1 MiB'),
    repeat: 'safe',
    answers: { 200: LabelCheck },
    run: async (request) => {
      const orders = await checkLabels(deps, tenantOf(request), withDay(request.body))
      return { ...counts(orders), orders: orders.map((order) => answerOf(order, () => null)) }
    },
  })

  operation(app, {
    id: 'makeLabels',
    at: 'POST /v1/labels',
    since: '1.0.0',
    tag: 'labels',
    who: tenant('staff', 'refused'),
    cost: 'light',
    audit: ['labels.exported'],
    summary: 'A carrier’s file of the orders that pass (送り状ファイルの出力)',
    description:
      'CP932 with CRLF, one line for each recipient. The key of a line (お客様管理番号) finds its order again when the ' +
      'tracking file comes in; an order keeps its key in later files. Orders that are refused are told and left out, or refuse ' +
      'the whole with `strict`. Nothing of an address is ever cut. `dryRun` makes no file and no keys.',
    headers: idempotencyHeader(
      '1 to 255 visible characters: a repeat makes the file anew, under the same keys of its lines, and its answer is kept nowhere (冪等キー)',
    ),
    body: json(LabelFileRequest.meta({ examples: [EXAMPLE] }), '1 MiB'),
    repeat: { key: 'same rows' },
    answers: { 200: LabelFileAnswer },
    run: async (request) => {
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
  })
}

const counts = (orders: readonly CheckedOrder[]) => {
  const ready = orders.filter(({ ok }) => ok).length
  return { ready, refused: orders.length - ready }
}

/** Omits the cells, so that a check shows no address. */
const answerOf = ({ labels, ...order }: CheckedOrder, keyOf: (recipientId: string) => string | null) => ({
  ...order,
  labels: labels.map(({ recipientId, temperature }) => ({
    recipientId,
    key: keyOf(recipientId),
    temperature,
  })),
})

function trackingRoute(app: App, deps: LabelRouteDeps): void {
  operation(app, {
    id: 'importTracking',
    at: 'POST /v1/labels/tracking',
    since: '1.0.0',
    tag: 'labels',
    who: tenant('staff', 'refused'),
    cost: 'light',
    audit: [],
    summary: 'Read a carrier’s tracking file; with `apply` ask for the ship changes (送り状番号の取込)',
    description:
      'Columns are found by their names. Without `apply` a preview: which order each line belongs to, whether its number can ' +
      'be right, what the mall would refuse. With `apply` each order gets a ship change as by `POST /v1/site-changes`, and ' +
      '`Idempotency-Key` is required: the same key with the same file asks for nothing twice.',
    headers: idempotencyHeader(
      'Required with `apply`: 1 to 255 visible characters, new for each file (冪等キー)',
      '3f0f6b1e-6f0e-4b0e-9a53-0f5b6f2b7c11',
    ),
    body: json(TrackingRequest.meta({ examples: [TRACKING_EXAMPLE] }), '2 MiB'),
    repeat: { key: 'same rows' },
    answers: { 200: TrackingAnswer },
    run: async (request) => {
      const { file, apply, ...options } = request.body
      const key = apply ? idempotencyKeyOf(request.headers['idempotency-key'], '送り状番号の取込') : null
      const caller = callerOf(request)
      const wanted = { ...options, today: japaneseDay(deps.clock.now()) }
      const rows = await importTracking(deps, caller, Buffer.from(file, 'base64'), wanted, key)
      const count = (result: string) => rows.filter((row) => row.result === result).length
      return { ready: count('ready'), requested: count('requested'), refused: count('refused'), rows }
    },
  })
}

function parcelRoute(app: App, deps: LabelRouteDeps): void {
  operation(app, {
    id: 'findParcels',
    at: 'GET /v1/parcels/:code',
    since: '1.2.0',
    tag: 'labels',
    who: tenant('staff', 'refused'),
    cost: 'light',
    summary: 'Parcels behind a scanned code (検品の荷物を探す)',
    description:
      'The code is a tracking number, an お客様管理番号 of ours or an order number, whole. Orders of one bundle are one parcel.',
    params: z.object({
      code: z.string().trim().min(1).max(100).describe('As the scanner read it (読み取ったコード)'),
    }),
    answers: {
      200: z.object({
        parcels: z
          .array(
            z.object({
              orders: z
                .array(
                  z.object({
                    orderId: Id,
                    orderNumber: z.string().describe('受注番号'),
                    recipientId: z
                      .string()
                      .nullable()
                      .describe('Recipient of the label; null: the code names none (送付先ID)'),
                  }),
                )
                .describe('荷物の受注'),
            }),
          )
          .describe('Several: the code means more than one (荷物)'),
      }),
    },
    run: async (request) => ({
      parcels: await findParcels(deps, tenantOf(request), request.params.code),
    }),
  })
}
