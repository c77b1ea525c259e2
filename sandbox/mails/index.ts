export { composeMail, type MailOptions } from './compose-mail.ts'
export { encodeText } from './encode-charset.ts'
