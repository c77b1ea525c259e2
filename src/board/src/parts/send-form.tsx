import { type ReactNode, useEffect, useRef } from 'react'
import { Form, FormEnd } from './form.tsx'

/** A form that is a page of its own, or a part of one: its heading has the focus. */
export function SendForm(props: {
  title: string
  /** On a page that has its heading already. */
  part?: boolean
  button: string
  send: (form: FormData) => Promise<unknown>
  children: ReactNode
}) {
  const heading = useRef<HTMLHeadingElement>(null)
  const Heading = props.part ? 'h2' : 'h1'
  useEffect(() => heading.current?.focus(), [])
  return (
    <Form className="stack" send={props.send}>
      <Heading ref={heading} tabIndex={-1}>
        {props.title}
      </Heading>
      {props.children}
      <FormEnd label={props.button} />
    </Form>
  )
}

export const text = (form: FormData, name: string): string => String(form.get(name) ?? '')
