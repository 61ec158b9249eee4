import { API_TOKEN_GIT_USERNAME } from '../bitbucket/usernames.ts'

/** The username that is right depends on a use, and a name is none (docs/bitbucket-authentication.md, "Usernames"). */
export const NOT_RESOLVED = {
  reason: 'what reads it was not found, and git and REST want different usernames for an API token',
  wayOut: `Find what reads it, then change it by hand: under ${API_TOKEN_GIT_USERNAME} for git, under the e-mail for REST; one that serves both is to be split in two.`,
}
