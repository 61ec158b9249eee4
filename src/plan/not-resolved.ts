import { API_TOKEN_GIT_USERNAME } from '../bitbucket/usernames.ts'
import type { Place } from '../model/place.ts'

/** The username that is right depends on a use, and a name is none (docs/bitbucket-authentication.md, "Usernames"). */
export function notResolved({ consumer }: Place): { readonly reason: string; readonly wayOut: string } {
  const uses = consumer.startsWith('jenkins') ? 'or push, rest, branch-source' : 'or push, rest'
  return {
    reason: 'what reads it was not found, and git and REST want different usernames for an API token',
    wayOut: `Find what reads it, and plan again with --use 'PLACE=git' (${uses}). By hand: under ${API_TOKEN_GIT_USERNAME} for git, under the e-mail for REST; one that serves both is to be split in two.`,
  }
}
