import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useRef } from 'react'

type Act = () => Promise<unknown>

/** Sends one thing at a time: pressed meanwhile it does nothing. Errors stay until the next attempt. */
export function useSend() {
  // Known at once: `isPending` comes a task later, and a tap that ends a field also presses a button.
  const atWork = useRef(false)
  const { mutate, reset, isPending, error } = useMutation({
    mutationFn: (act: Act) => act(),
    onSettled: () => {
      atWork.current = false
    },
  })
  /** @returns whether it was begun */
  const send = (act: Act): boolean => {
    if (atWork.current) return false
    atWork.current = true
    mutate(act)
    return true
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
