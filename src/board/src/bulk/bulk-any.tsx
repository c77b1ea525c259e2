import type { Picked } from './bulk.ts'
import { ChangeDialog, MoveDialog, PullDialog, ReimportDialog } from './bulk-dialogs.tsx'
import type { Bulk } from './bulk-kinds.ts'
import type { Given } from './mall-field.tsx'
import { OrderChangeDialog } from './order-change.tsx'
import { ShipDialog } from './ship-dialog.tsx'

/** The window of a bulk action; loaded when the first one is opened. */
export default function BulkAny(props: {
  bulk: Bulk
  orders: readonly Picked[]
  shopId: string | null
  /** Parameters of a change that failed, to be mended. */
  given?: Given | undefined
  onClose: () => void
}) {
  const { bulk, orders, given, onClose } = props
  switch (bulk) {
    case 'pull':
      return <PullDialog shopId={props.shopId} onClose={onClose} />
    case 'move':
      return <MoveDialog orders={orders} onClose={onClose} />
    case 'ship':
      return <ShipDialog orders={orders} given={given} onClose={onClose} />
    case 'reimport':
      return <ReimportDialog orders={orders} onClose={onClose} />
    case 'correct_shipment':
    case 'change_content':
      return orders[0] ? (
        <OrderChangeDialog order={orders[0]} action={bulk} given={given} onClose={onClose} />
      ) : null
    default:
      return <ChangeDialog action={bulk} orders={orders} given={given} onClose={onClose} />
  }
}
