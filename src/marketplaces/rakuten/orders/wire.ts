import { z } from 'zod'
import { code, text } from './wire-fields.ts'

export const WireMessage = z.looseObject({
  messageType: text,
  messageCode: text,
  message: text,
  orderNumber: text,
  /** Shipping calls: position of the record in the request, from 1, and the record's new or old id. */
  dataNumber: code,
  shippingDetailId: text,
  /** updateOrderShippingAsync: the id for fetching its result. */
  requestId: text,
})
export type WireMessage = z.infer<typeof WireMessage>

/** The frame of every answer of the order service; a gateway's error has no MessageModelList. */
export const WireFrame = z.looseObject({ MessageModelList: z.array(WireMessage) })
export type WireFrame = z.infer<typeof WireFrame>

export const WireSearchAnswer = z.looseObject({
  orderNumberList: z
    .array(z.unknown())
    .nullish()
    .transform((list) => list ?? []),
  PaginationResponseModel: z
    .looseObject({
      totalRecordsAmount: z.int().nonnegative().nullish(),
      totalPages: z.int().nonnegative().nullish(),
      requestPage: z.int().nullish(),
    })
    .nullish(),
})

export const WireExpiry = z.looseObject({ expiryDate: z.string() })

/** getSubStatusList: by orderProgress, in the shop's own order. */
export const WireSubStatuses = z.looseObject({
  StatusModelList: z.array(
    z.looseObject({
      orderProgress: z.int(),
      SubStatusModelList: z
        .array(z.looseObject({ subStatusId: z.int(), subStatusName: text, orderby: z.number().nullish() }))
        .nullish(),
    }),
  ),
})

/** getResultUpdateOrderShippingAsync: the messages of each order; without an order number there is no result (yet). */
export const WireShippingResults = z.looseObject({
  ResultShippingModelList: z.array(
    z.looseObject({ orderNumber: text, MessageModelList: z.array(WireMessage) }),
  ),
})
