import { useEffect, useRef, useState } from 'react'
import { t } from '../i18n.ts'
import { Choice } from '../parts/field.tsx'
import { Form, FormEnd } from '../parts/form.tsx'
import { span } from '../parts/format.ts'

/** For how long the old one works beside the new one, so that nothing stands still meanwhile. */
export function Overlap(props: {
  title: string
  help: string
  label: string
  button: string
  /** The first is proposed. */
  hours: readonly number[]
  onChoose: (hours: number) => Promise<void>
  onCancel: () => void
}) {
  const { title, help, label, button, hours, onChoose, onCancel } = props
  const [chosen, setChosen] = useState(String(hours[0] ?? 24))
  const heading = useRef<HTMLHeadingElement>(null)
  // It stands where the pressed button was.
  useEffect(() => heading.current?.focus(), [])
  const word = (one: number) =>
    one === 0 ? t('すぐに使えなくする', 'It ends at once') : span(one * 3_600_000)
  return (
    <Form className="panel" label={title} send={() => onChoose(Number(chosen))}>
      <h3 ref={heading} tabIndex={-1}>
        {title}
      </h3>
      <p className="support">{help}</p>
      <Choice
        label={label}
        value={chosen}
        onChange={setChosen}
        options={hours.map((one) => [String(one), word(one)] as const)}
      />
      <FormEnd label={button} onCancel={onCancel} />
    </Form>
  )
}
