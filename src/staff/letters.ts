import type { StaffTools } from './accounts.ts'

export interface Letter {
  id: string
  subject: string
  lines: readonly string[]
}

/**
 * Sends a mail; false where the mail server did not take it. A failed mail must not fail its cause: the link
 * can be handed over by hand. Without PUBLIC_URL the link would lead nowhere, so nothing is mailed.
 */
export async function mailTo(tools: StaffTools, to: string, letter: Letter): Promise<boolean> {
  if (tools.sendMail === null || tools.publicUrl === null) return false
  const { id, subject, lines } = letter
  try {
    await tools.sendMail({ id, to, subject, text: lines.join('\n'), at: new Date(tools.clock.now()) })
    return true
  } catch (err) {
    tools.log.warn({ err, id }, 'a mail to a person was not taken')
    return false
  }
}
