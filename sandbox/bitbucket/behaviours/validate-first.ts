import type { Call } from '../call.ts'
import { newStatus } from './build-statuses.ts'

/**
 * Measured: a build status without its fields is a 400 even for a token without the scope, while a pull request is a
 * 403 before its fields are looked at (github.com/jonasporto/bb-cli, docs/scopes.md). Other operations are not known
 * to look at the body first.
 */
export const validateFirst = async (call: Call): Promise<Readonly<Record<string, readonly string[]>> | undefined> => {
  if (call.operation.id !== 'POST ~R/commit/{commit}/statuses/build') return undefined
  const read = newStatus.safeParse(await call.json())
  if (read.success) return undefined
  return Object.fromEntries(
    read.error.issues.map((issue) => [issue.path.join('.') || 'body', ['This field is required.']]),
  )
}
