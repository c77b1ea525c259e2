import { useMutation } from '@tanstack/react-query'
import type { FormEvent } from 'react'

type Act = () => Promise<unknown>

/** Sends one thing at a time: pressed meanwhile it does nothing. Errors stay until the next attempt. */
export function useSend() {
  const { mutate, reset, isPending, error } = useMutation({ mutationFn: (act: Act) => act() })
  const send = (act: Act): void => {
    if (!isPending) mutate(act)
  }
  return {
    busy: isPending,
    error,
    send,
    forget: reset,
    /** For a form's onSubmit. */
    submit: (act: Act) => (event: FormEvent) => {
      event.preventDefault()
      send(act)
    },
  }
}
