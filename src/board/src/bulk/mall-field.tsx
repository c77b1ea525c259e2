import { factsOf, type Schemas } from '../api.ts'
import { t } from '../i18n.ts'
import { Choice, Field, TextArea } from '../parts/field.tsx'
import { number } from '../parts/format.ts'

/** Form fields of site changes, from GET /v1/marketplaces: labels, choices and limits of each mall. */

export type Mall = Schemas['MallAbilities']
type MallAction = Schemas['MallAbilitiesAction']
export type ActionField = Schemas['MallAbilitiesActionField']
type FieldLimit = Schemas['MallAbilitiesActionLimit']

export const actionOf = (mall: Mall | undefined, action: MallAction['action']): MallAction | undefined =>
  mall?.actions.find((one) => one.action === action)

export const limitOf = (action: MallAction | undefined, path: string): FieldLimit | undefined =>
  action?.limits.find(({ field }) => field === path)

const sizeOf = (text: string): number => new TextEncoder().encode(text).length

/** Says how far a value goes beyond the mall's limit, in Japanese; null while it fits. */
export function beyond(limit: FieldLimit | undefined, value: string): string | null {
  if (!limit) return null
  const { label, maxBytes, maxCharacters, max } = limit
  if (maxBytes !== null && sizeOf(value) > maxBytes)
    return t(
      `${label}は${number(maxBytes)}バイトまでです（全角は1文字3バイト、今は${number(sizeOf(value))}バイト）。`,
      `${label}: ${maxBytes} bytes at most (${sizeOf(value)} now).`,
    )
  if (maxCharacters !== null && value.length > maxCharacters)
    return t(
      `${label}は${number(maxCharacters)}文字までです（今は${number(value.length)}文字）。`,
      `${label}: ${maxCharacters} characters at most (${value.length} now).`,
    )
  if (max !== null && Number(value) > max)
    return t(`${label}は${number(max)}までです。`, `${label}: ${max} at most.`)
  return null
}

/** The value of a field as the API takes it; what is no number goes as it is, for the service to name. */
export function entered({ type }: Pick<ActionField, 'type'>, value: string): string | number | boolean {
  if (type === 'flag') return value !== ''
  return type === 'number' && /^-?\d{1,9}$/.test(value.trim()) ? Number(value) : value
}

/** Parameters of a site change, as it was asked for. */
export type Given = Readonly<Record<string, unknown>>

/** Records among them, as `parcels`; none where there is no list. */
export const recordsIn = (value: unknown): Given[] => (Array.isArray(value) ? value.map(factsOf) : [])

/** One of them as its field has it: the other way round of `entered`. */
export const typedAs = (value: unknown): string =>
  value === true ? 'true' : typeof value === 'string' || typeof value === 'number' ? `${value}` : ''

/** The part of the mall's limit that a text uses. */
function usedOf(limit: FieldLimit | undefined, value: string): string | null {
  if (limit?.maxBytes)
    return t(`${sizeOf(value)} / ${limit.maxBytes}バイト`, `${sizeOf(value)} / ${limit.maxBytes} bytes`)
  if (limit?.maxCharacters)
    return t(
      `${value.length} / ${limit.maxCharacters}文字`,
      `${value.length} / ${limit.maxCharacters} characters`,
    )
  return null
}

/** One field by its type. A flag is `true` or empty; everything else is text as it is typed. */
export function MallField(props: {
  field: Pick<ActionField, 'label' | 'type' | 'choices' | 'help' | 'required'>
  limit?: FieldLimit | undefined
  value: string
  onChange: (value: string) => void
  /** For texts of several lines. */
  lines?: number
  placeholder?: string | undefined
}) {
  const { field, limit, value, onChange } = props
  const { label, type, choices, required } = field
  if (type === 'flag')
    return (
      <label className="tick">
        <input
          type="checkbox"
          checked={value !== ''}
          onChange={(event) => onChange(event.target.checked ? 'true' : '')}
        />
        {label}
      </label>
    )
  if (choices)
    return (
      <Choice
        label={label}
        value={value}
        onChange={onChange}
        options={[
          ['', required ? t('選んでください', 'Choose') : t('指定しない', 'None')],
          ...choices.map(({ code, label: word }): [string, string] => [code, word]),
        ]}
      />
    )
  const over = beyond(limit, value)
  const used = usedOf(limit, value)
  const shared = {
    label,
    required,
    value,
    placeholder: props.placeholder,
    support: (field.help ?? used) && (
      <>
        {field.help} {used && <span className={over ? 'field-error' : undefined}>{used}</span>}
      </>
    ),
    onChange: (event: { target: { value: string } }) => onChange(event.target.value),
  }
  if (props.lines) return <TextArea {...shared} rows={props.lines} />
  return (
    <Field
      {...shared}
      type={type === 'date' ? 'date' : 'text'}
      inputMode={type === 'number' ? 'numeric' : undefined}
    />
  )
}
