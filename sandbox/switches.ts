import type { DeprecationPhase } from './bitbucket/deprecation.ts'

/** Behaviour that public material leaves open or that changed over time. DIFFERENCES.md says what would settle each. */
export interface Switches {
  /** State of app passwords; `by-clock` follows the published brown-out table and the end on 2026-07-28. */
  readonly deprecation: 'by-clock' | DeprecationPhase
  /** REST error texts moved during 2026 from one generic sentence to specific ones. */
  readonly errorTexts: '2026-01' | '2026-09'
  /** Bearer with a user API token on REST; `by-clock` accepts it from 2026-08-18. */
  readonly bearerForApiTokens: 'by-clock' | boolean
  /** `x-token-auth` as git user of an API token: reports contradict each other. */
  readonly xTokenAuthForApiTokens: boolean
  /** Bearer on git over HTTPS, as sent through `http.extraHeader`. */
  readonly bearerOnGit: 'refused' | 'access tokens' | 'access tokens and API tokens'
  readonly emailCaseSensitive: boolean
  readonly usernameCaseSensitive: boolean
  /** Whether an `ATBB…` string that never existed gets the 410 of a real app password. */
  readonly unknownAppPassword410: boolean
  /** What git is told when the credential is good and the repository is out of its reach. */
  readonly noRepositoryAccess: '403-kb' | '401-text'
  /** Whether a credential sent along with the fetch of a public repository is looked at. */
  readonly publicFetchChecksCredential: boolean
  /** The text for an Atlassian account password, last seen in 2022. */
  readonly accountPasswordText: '2022' | 'generic'
  /** Listings that are gone beyond the confirmed ones: none, the announced one, or every deprecated one. */
  readonly unconfirmedRemovals: 'none' | 'announced' | 'all deprecated'
  /** An OAuth token in the query or the form body; `by-clock` refuses it from 2026-05-04. */
  readonly tokenOutsideHeader: 'by-clock' | 'accepted' | 'refused'
  /** LFS with API tokens, and with access tokens. */
  readonly lfsTakesApiTokens: boolean
  readonly lfsTakesAccessTokens: boolean
  /** What LFS says on a private repository without a credential: 403 was a confirmed defect in 2017. */
  readonly lfsWithoutCredential: '401' | '403'
  /** `/get` and `/raw` of the web site with API tokens, and with access tokens. */
  readonly webDownloadsTakeApiTokens: boolean
  readonly webDownloadsTakeAccessTokens: boolean
  /** Whether they take an API token under git's names as well; the e-mail is the one that is known to work. */
  readonly webDownloadsTakeGitNames: boolean
  /** Who is not signed in there: led to the login page with 302, or git's 401. */
  readonly webDownloadRefusal: 'login page' | '401'
  /** What the credential of a deactivated person gets, on git and REST. */
  readonly suspendedUser: '401' | '403'
  /** Whether REST heeds the allowlist and the two-step policy, which are known for git only. */
  readonly policiesOnRest: 'ignored' | '403'
  /** `published` counts requests per account and hour. */
  readonly rateLimits: 'off' | 'published'
  /** After ten failed sign-ins of an account on git: the old text with 429 for 15 minutes, or the one with 403. */
  readonly lockOut: 'off' | '429' | '403'
}

export const defaultSwitches: Switches = {
  deprecation: 'by-clock',
  errorTexts: '2026-09',
  bearerForApiTokens: 'by-clock',
  xTokenAuthForApiTokens: true,
  bearerOnGit: 'access tokens',
  emailCaseSensitive: false,
  usernameCaseSensitive: true,
  unknownAppPassword410: false,
  noRepositoryAccess: '403-kb',
  publicFetchChecksCredential: false,
  accountPasswordText: '2022',
  unconfirmedRemovals: 'announced',
  tokenOutsideHeader: 'by-clock',
  lfsTakesApiTokens: true,
  lfsTakesAccessTokens: true,
  lfsWithoutCredential: '401',
  webDownloadsTakeApiTokens: true,
  webDownloadsTakeAccessTokens: false,
  webDownloadsTakeGitNames: false,
  webDownloadRefusal: 'login page',
  suspendedUser: '401',
  policiesOnRest: 'ignored',
  rateLimits: 'off',
  lockOut: 'off',
}
