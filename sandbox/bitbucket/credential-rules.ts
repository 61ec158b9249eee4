import type { Stage } from '../reply.ts'
import { type DeprecationPhase, deprecationPhase } from './deprecation.ts'

export const appPasswordPhase = (stage: Stage): DeprecationPhase =>
  stage.switches.deprecation === 'by-clock' ? deprecationPhase(stage.world.now()) : stage.switches.deprecation

/** Why app passwords are refused now, as it follows the name of one; undefined while they work. */
export const appPasswordRefusal = (stage: Stage): string | undefined => {
  const bySwitch = stage.switches.deprecation === 'by-clock' ? '' : ', by the switch "deprecation"'
  switch (appPasswordPhase(stage)) {
    case 'before':
      return undefined
    case 'brown-out':
      return `in a brown-out${bySwitch}`
    case 'after':
      return bySwitch === ''
        ? 'after the end of app passwords (2026-07-28)'
        : `after the end of app passwords${bySwitch}`
  }
}

const bearerSince = Date.parse('2026-08-18T00:00:00Z')

/** Bearer with an API token on REST: accepted since about 2026-08-18 (github.com/mgcrea/bitbucket-cli, http/errors.ts). */
export const bearerAccepted = (stage: Stage): boolean => {
  const { bearerForApiTokens } = stage.switches
  return bearerForApiTokens === 'by-clock' ? stage.world.now().getTime() >= bearerSince : bearerForApiTokens
}

const headerOnlySince = Date.parse('2026-05-04T00:00:00Z')

/** developer.atlassian.com, change log: OAuth tokens in the query or the form body are refused since 2026-05-04. */
export const tokenOutsideHeaderAccepted = (stage: Stage): boolean => {
  const { tokenOutsideHeader } = stage.switches
  return tokenOutsideHeader === 'by-clock' ? beforeOAuthChange(stage) : tokenOutsideHeader === 'accepted'
}

/** The same day client credentials lost their refresh token, and `scopes` in the token response became `scope`. */
export const beforeOAuthChange = (stage: Stage): boolean => stage.world.now().getTime() < headerOnlySince

export const looksLikeAppPassword = (secret: string): boolean => /^ATBB[0-9A-Za-z]{24}[0-9A-F]{8}$/.test(secret)
export const looksLikeAtlassianToken = (secret: string): boolean => /^AT[AC]TT3xFfG[FN]0/.test(secret)

const same = (left: string, right: string, caseSensitive: boolean): boolean =>
  caseSensitive ? left === right : left.toLowerCase() === right.toLowerCase()

export const sameUsername = (stage: Stage, presented: string, username: string): boolean =>
  same(presented, username, stage.switches.usernameCaseSensitive)

export const sameEmail = (stage: Stage, presented: string, email: string): boolean =>
  same(presented, email, stage.switches.emailCaseSensitive)
