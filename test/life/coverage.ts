import type { Action, Command } from './commands.ts'
import { placedBy } from './generator.ts'
import { DAY, FILES, RAKUTEN } from './world.ts'

/**
 * Which features met in one order's life: a history that has both an erasure and a held-back pull says
 * little where they were of two orders. Counted by pairs.
 */

const FEATURES = [
  ...[
    'mailed',
    'unmailed',
    'late',
    'fresh',
    'preorder',
    'twin',
    'payment mail',
    'change mail',
    'cancel mail',
  ],
  ...[
    'stranger’s mail',
    'import',
    'retry',
    'dismissed',
    'period',
    'reimport',
    'edit',
    'move',
    'on hold with a day',
    'on hold as before',
  ],
  ...[
    'pull',
    'pull again',
    'ship',
    'two parcels',
    'correction',
    'complete',
    'content',
    'other changes',
    'answered change',
  ],
  ...[
    'cancelled at the mall',
    'list before detail',
    'address at the mall',
    'release',
    'erasure',
    'months',
    'webhook off',
  ],
  ...[
    'webhook fails',
    'webhook edited',
    'label',
    'tracking',
    'shop’s wish',
    'blocked',
    'mall’s fault',
    'stray call',
  ],
  ...[
    'two recipients',
    'take',
    'other desk',
    'put back',
    'desk out of use',
    'accept',
    'rules',
    'API key',
    'new key',
    'sealed anew',
  ],
  ...['by file', 'file again'],
  ...['process dies', 'answer lost', 'held back', 'at once', 'other process', 'backup', 'standby'],
] as const
type Feature = (typeof FEATURES)[number]

/** Features of one command, and whether they are of one order alone. */
function featuresOf(command: Command): Feature[] {
  const { do: name } = command
  switch (command.do) {
    case 'order':
      return [
        command.mailed ? 'mailed' : 'unmailed',
        ...(command.late ? (['late'] as const) : []),
        ...(command.kind === 'ready' ? [] : [command.kind]),
        ...(command.shop === RAKUTEN ? (['two recipients'] as const) : []),
        ...(command.shop === FILES ? (['by file'] as const) : []),
        ...(command.twin ? (['twin'] as const) : []),
      ]
    case 'mail':
      return [
        ...(command.stranger ? (['stranger’s mail'] as const) : []),
        ...(command.kind ? (MAILS[command.kind] ?? []) : []),
      ]
    case 'move':
      return [
        command.restore ? 'on hold as before' : command.days === undefined ? 'move' : 'on hold with a day',
      ]
    case 'pull':
      return [command.again ? 'pull again' : 'pull']
    case 'take':
      return [command.desk === 0 ? 'take' : 'other desk']
    case 'change':
      return [CHANGES[command.action] ?? 'other changes']
    case 'mallCancel':
      return ['cancelled at the mall', ...(command.lag > 0 ? (['list before detail'] as const) : [])]
    case 'time':
      return command.ms >= 30 * DAY ? ['months'] : []
    case 'useDesk':
      return command.inUse ? [] : ['desk out of use']
    case 'file':
      return command.back > 0 ? ['file again'] : []
    case 'rules':
      return command.on ? ['rules'] : []
    case 'webhook':
      return command.on ? [] : ['webhook off']
    case 'deaf':
      return command.on ? ['webhook fails'] : []
    case 'crash':
      return ['process dies', ...featuresOf(command.action)]
    case 'lose':
      return ['answer lost', ...featuresOf(command.action)]
    case 'hold':
      return ['held back', ...featuresOf(command.action)]
    case 'both':
      return ['at once', ...featuresOf(command.left), ...featuresOf(command.right)]
    default:
      return SINGLE[name] ?? []
  }
}

const MAILS: Readonly<Record<string, Feature[]>> = {
  placed: [],
  paid: ['payment mail'],
  changed: ['change mail'],
  cancelled: ['cancel mail'],
}
const CHANGES: Readonly<Record<string, Feature>> = {
  ship: 'ship',
  parts: 'two parcels',
  correct: 'correction',
  complete: 'complete',
  fee: 'content',
}
const SINGLE: Readonly<Record<string, Feature[]>> = {
  import: ['import'],
  retry: ['retry'],
  retryAll: ['retry'],
  dismiss: ['dismissed'],
  period: ['period'],
  reread: ['reimport'],
  edit: ['edit'],
  answerChange: ['answered change'],
  mallAddress: ['address at the mall'],
  mallRelease: ['release'],
  erase: ['erasure'],
  putBack: ['put back'],
  accept: ['accept'],
  rotateKey: ['API key'],
  newKey: ['new key'],
  rotateKeys: ['sealed anew'],
  webhookEdit: ['webhook edited'],
  label: ['label'],
  tracking: ['tracking'],
  settings: ['shop’s wish'],
  block: ['blocked'],
  fault: ['mall’s fault'],
  stray: ['stray call'],
  process: ['other process'],
  backup: ['backup'],
  standby: ['standby'],
}

/** The order that a command names, by its place; null: it is of all that are there. */
function orderOf(command: Command | Action, placed: number): number | null {
  if (command.do === 'order') return placed
  if (command.do === 'hold' && command.order !== undefined) return command.order
  if (command.do === 'crash' || command.do === 'lose' || command.do === 'hold')
    return orderOf(command.action, placed)
  if (command.do === 'both') {
    const [left, right] = [orderOf(command.left, placed), orderOf(command.right, placed)]
    return left === right ? left : null
  }
  return 'order' in command && placed > 0 ? command.order % placed : null
}

export type Pairs = Set<string>

/** Adds the pairs that met in a history. */
export function addPairs(pairs: Pairs, history: readonly Command[]): void {
  const met: Set<Feature>[] = []
  for (const command of history) {
    const of = orderOf(command, met.length)
    for (let comes = placedBy(command); comes > 0; comes--) met.push(new Set())
    const features = featuresOf(command)
    for (const known of of === null ? met : [met[of]])
      for (const feature of known ? features : []) known?.add(feature)
  }
  for (const features of met) {
    const sorted = [...features].toSorted()
    for (const [index, one] of sorted.entries())
      for (const other of sorted.slice(index + 1)) pairs.add(`${one} + ${other}`)
  }
}

export const ALL_PAIRS = (FEATURES.length * (FEATURES.length - 1)) / 2
