import { type ChangeState, changeWord, type OrderStatus, statusWord } from '../words.ts'
import { Icon, type IconName } from './icon.tsx'

/** A state has sign, word and colour, never colour alone. No green: some eyes take it for red. */
export type Tone =
  | 'failed'
  | 'warning'
  | 'attention'
  | 'changing'
  | 'staged'
  | 'hold'
  | 'done'
  | 'cancelled'
  | 'unproven'
  | 'waiting'
  | 'rest'

const SIGNS: Record<Tone, IconName> = {
  failed: 'cross',
  warning: 'warn',
  attention: 'alert',
  changing: 'arrow',
  staged: 'tray',
  hold: 'pause',
  done: 'check',
  cancelled: 'alert',
  unproven: 'circle',
  waiting: 'clock',
  rest: 'dot',
}

export function Sign(props: {
  tone: Tone
  icon?: IconName
  children?: React.ReactNode
  title?: string | undefined
}) {
  const { tone, icon = SIGNS[tone], children, title } = props
  return (
    <span className={`sign sign-${tone}`} title={title}>
      <Icon name={icon} />
      {children}
    </span>
  )
}

const TONES: Partial<Record<ChangeState, Tone>> = {
  queued: 'changing',
  changing: 'changing',
  succeeded: 'done',
  warning: 'warning',
  failed: 'failed',
}

export function ChangeSign({ state }: { state: ChangeState }) {
  const tone = TONES[state]
  return tone ? <Sign tone={tone}>{changeWord(state)}</Sign> : null
}

/** The sign fills along an order's way: ○ ◐ ◕ ●. */
const STATUS_LOOKS: Record<OrderStatus, readonly [Tone, IconName]> = {
  auto_imported: ['waiting', 'tray'],
  new: ['staged', 'circle'],
  awaiting_payment: ['waiting', 'yen'],
  ready_to_ship: ['staged', 'half'],
  shipped: ['rest', 'dot'],
  completed: ['done', 'check'],
  on_hold: ['hold', 'pause'],
  cancelled: ['done', 'cross'],
}

/** Where an order is on its way; one that left in part says how many of its parcels. */
export function StatusSign(props: {
  status: OrderStatus
  shipping?: { state: string; shipped: number; total: number } | null | undefined
}) {
  const { status, shipping } = props
  const [tone, icon] = STATUS_LOOKS[status]
  if (status === 'ready_to_ship' && shipping?.state === 'part')
    return (
      <Sign tone={tone} icon="most">
        {statusWord(status)} {shipping.shipped}/{shipping.total}
      </Sign>
    )
  return (
    <Sign tone={tone} icon={icon}>
      {statusWord(status)}
    </Sign>
  )
}
