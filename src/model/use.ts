/** A Bitbucket repository: `https://bitbucket.org/{workspace}/{slug}.git`. */
export interface Repository {
  readonly workspace: string
  readonly slug: string
}

/** What is done through a place. `web` is a download from the web host (`/get/`, `/raw/`), which follows the REST rule. */
export type Operation = 'git-fetch' | 'git-push' | 'rest' | 'web'

/** One thing done through a place. `by` names who does it, for people: `job team/app`, `remote origin of clones/web`. */
export interface Use {
  readonly operation: Operation
  readonly repository?: Repository
  readonly by: string
}

/**
 * Something found that needs a credential but does not hold one (a remote without userinfo, a Jenkins job).
 * `scan` attaches it as a `Use` to the places that can answer it: by host and username, or by Jenkins credential id.
 */
export interface Demand {
  readonly operation: Operation
  readonly repository?: Repository
  readonly by: string
  readonly of:
    | { readonly kind: 'host'; readonly host: string; readonly username?: string }
    | { readonly kind: 'jenkins'; readonly credentialId: string; readonly item: string }
}
