import type { Stage } from '../reply.ts'
import type { RateGroup } from './rate-limits.ts'
import type { Caller } from './rest-identity.ts'

const groupOf = (path: string): RateGroup | undefined => {
  if (/\/hooks(\/|$)/.test(path)) return 'webhooks'
  if (/\/properties\//.test(path)) return 'properties'
  if (/^\/2\.0\/repositories\/[^/]+\/[^/]+\/src\//.test(path)) return 'raw'
  return path.startsWith('/2.0/repositories') ? 'repositories' : undefined
}

/** Whose hour a request counts in: all tokens of one account share it. */
const accountOf = (caller: Exclude<Caller, { kind: 'anonymous' }>): string => {
  if (caller.kind === 'user') return caller.username
  return caller.credential.kind === 'access-token' ? caller.credential.id : `app ${caller.credential.consumer}`
}

export const isOverLimit = (stage: Stage, path: string, caller: Caller): boolean => {
  if (stage.switches.rateLimits === 'off') return false
  const { rateLimits } = stage.world
  if (caller.kind === 'anonymous') return !rateLimits.admit('anonymous', 'anonymous', stage.world.now())
  const group = groupOf(path)
  return group !== undefined && !rateLimits.admit(accountOf(caller), group, stage.world.now())
}
