import { appPasswordPhase } from '../bitbucket/credential-rules.ts'
import { ended, type Issued } from '../issued.ts'
import type { Stage } from '../reply.ts'

/** What a secret is worth at the sandbox's clock, in words, and how urgent that is. */
export interface SecretState {
  readonly tone: 'works' | 'soon' | 'refused'
  readonly words: string
}

/** community.atlassian.com, Bitbucket announcement 3237429. */
const appPasswordsEnd = '2026-07-28'

const minute = 60_000
const units = [
  ['day', 1440 * minute],
  ['hour', 60 * minute],
  ['minute', minute],
] as const

/** Whole units, the largest that fits: 12 days, 1 hour. */
const span = (milliseconds: number): string => {
  const [name, length] = units.find(([, unit]) => milliseconds >= unit) ?? ['minute', minute]
  const count = Math.max(1, Math.floor(milliseconds / length))
  return `${count} ${name}${count === 1 ? '' : 's'}`
}

const dateOf = (date: Date): string => date.toISOString().slice(0, 10)

const isSoon = (milliseconds: number): boolean => milliseconds < 14 * 1440 * minute

const appPasswordState = (stage: Stage): SecretState => {
  const byClock = stage.switches.deprecation === 'by-clock'
  switch (appPasswordPhase(stage)) {
    case 'after':
      return { tone: 'refused', words: byClock ? `ended ${appPasswordsEnd}` : 'ended, by the switch "deprecation"' }
    case 'brown-out':
      return { tone: 'refused', words: byClock ? 'refused: a brown-out' : 'refused, by the switch "deprecation"' }
    case 'before': {
      if (!byClock) return { tone: 'works', words: 'works, by the switch "deprecation"' }
      const left = Date.parse(appPasswordsEnd) - stage.world.now().getTime()
      return { tone: isSoon(left) ? 'soon' : 'works', words: `ends ${appPasswordsEnd}, in ${span(left)}` }
    }
  }
}

const lifeLeft = (expiresAt: Date | undefined, now: Date): SecretState => {
  if (expiresAt === undefined) return { tone: 'works', words: 'does not expire' }
  const left = expiresAt.getTime() - now.getTime()
  return { tone: isSoon(left) ? 'soon' : 'works', words: `expires in ${span(left)}` }
}

const expiryOf = (issued: Issued): Date | undefined => ('expiresAt' in issued ? issued.expiresAt : undefined)

/** Tokens that live and that Bitbucket refuses nevertheless. */
const uselessOnBitbucket = (issued: Issued): string | undefined => {
  if (issued.kind !== 'api-token' || issued.app === 'bitbucket') return undefined
  return issued.app === undefined ? 'no scopes: Bitbucket refuses it' : `for ${issued.app}: Bitbucket refuses it`
}

export const secretState = (stage: Stage, issued: Issued): SecretState => {
  if (issued.revokedAt !== undefined) return { tone: 'refused', words: `revoked ${dateOf(issued.revokedAt)}` }
  if (issued.kind === 'app-password') return appPasswordState(stage)
  const now = stage.world.now()
  const expiresAt = expiryOf(issued)
  if (ended(issued, now) !== undefined) {
    return { tone: 'refused', words: expiresAt === undefined ? 'ended' : `expired ${dateOf(expiresAt)}` }
  }
  const useless = uselessOnBitbucket(issued)
  const left = lifeLeft(expiresAt, now)
  return useless === undefined ? left : { tone: 'refused', words: `${useless}; ${left.words}` }
}
