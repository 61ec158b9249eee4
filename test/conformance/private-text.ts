import type { Account } from './account.ts'

const shapes: Readonly<Record<string, RegExp>> = {
  'something shaped like a token': /A(?:TATT3|TCTT3)[A-Za-z0-9_=-]{8,}|ATBB[0-9A-Za-z]{8,}/,
  'an e-mail address': /[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}/,
  'a UUID': /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i,
  'an account id': /\b(?:\d{6}:[0-9a-f-]{20,}|[0-9a-f]{24})\b/i,
}

/** What must not be shown, by its name and never by its value. */
export const forbiddenIn = (text: string, account: Account): readonly string[] => [
  ...Object.entries(account.secrets).flatMap(([role, secret]) => (text.includes(secret) ? [`the ${role}`] : [])),
  ...(account.names.email !== undefined && text.includes(account.names.email) ? ['the e-mail'] : []),
  ...Object.entries(shapes).flatMap(([name, shape]) => (shape.test(text) ? [name] : [])),
]
