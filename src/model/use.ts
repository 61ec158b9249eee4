import type { PlaceRef } from './place.ts'

/** A Bitbucket repository: `https://bitbucket.org/{workspace}/{slug}.git`. */
export interface Repository {
  readonly workspace: string
  readonly slug: string
}

/** What is done through a place. `web` is a download from the web host (`/get/`, `/raw/`), which follows the REST rule. */
export type Operation = 'git-fetch' | 'git-push' | 'rest' | 'web'

/** What a path of REST is about, as far as scopes tell it apart (src/bitbucket/scopes.ts). */
export const REST_RESOURCES = [
  'repository',
  'repository itself',
  'repository settings',
  'repository permissions',
  'access key',
  'default reviewer',
  'commit note',
  'build status',
  'download',
  'pull request',
  'pull request comment',
  'webhook',
  'pipeline',
  'pipeline settings',
  'pipeline variable',
  'runner',
  'issue',
  'project',
  'project settings',
  'project permissions',
  'project access key',
  'project reviewer',
  'workspace',
  'user',
  'ssh key',
  'gpg key',
  'snippet',
  'snippet part',
  'application property',
] as const
export type RestResource = (typeof REST_RESOURCES)[number]

/** What a method of HTTP does. To delete takes other scopes than to write. */
export type RestAccess = 'read' | 'write' | 'delete'

/** One thing done through a place. `by` names who does it, for people: `job team/app`, `remote origin of clones/web`. */
export interface Use {
  readonly operation: Operation
  readonly repository?: Repository
  /** Where the repository is not known and its workspace is. */
  readonly workspace?: string
  /** What REST is asked for, as far as the method tells. */
  readonly access?: RestAccess
  /** What of REST is asked, as far as the path tells; absent: a repository. */
  readonly resource?: RestResource
  readonly by: string
  /** The place that names this credential and may be told to name another: the configuration of a job. Absent: none that keyturn changes. */
  readonly reference?: PlaceRef
  /** In a plan: presented for this use instead of what the place holds, for the tool puts it in by itself or has it in another field. */
  readonly username?: string
  /** A variable was followed to what reads it; `by` is the file below its repository, and the line. */
  readonly followed?: true
  /** The consumer that reads the variable, where that is not the one of the place: what it needs counts as well. Not in plans. */
  readonly tool?: string
  /**
   * How what reads the variable was seen to present it as a login: with a username (`-u $NAME:$SECRET`), with one that stands there and is no
   * e-mail (`-u alice:$SECRET`), or as userinfo, where nothing encodes it. Not in plans.
   */
  readonly spelled?: 'beside a name' | 'under a name of its own' | 'in a URL'
  /** It goes through a `base64` that breaks long lines (`… | base64`), and so does not arrive when it is long. Not in plans. */
  readonly folded?: true
  /**
   * Of a clone that git may serve with something else: the credential stands in a file that git is not known to read there, or, once the
   * URL names no username, behind another entry that would be sent first.
   */
  readonly doubt?: 'another file' | 'another entry'
}

/** Whether nothing tells what Bitbucket could be asked about it: no repository, for REST no workspace either, nor the user himself. */
export function isAboutNothingNamed({ operation, repository, workspace, resource }: Use): boolean {
  if (repository !== undefined) return false
  return operation !== 'rest' || (workspace === undefined && !OF_USER.has(resource))
}

/** Of nobody but who asks. */
export const OF_USER: ReadonlySet<RestResource | undefined> = new Set<RestResource>(['user', 'ssh key', 'gpg key'])

/**
 * Something found that needs a credential but does not hold one (a remote without userinfo, a Jenkins job).
 * `scan` attaches it as a `Use` to the places that can answer it: by host and username, or by Jenkins credential id.
 */
export interface Demand extends Use {
  readonly of:
    | { readonly kind: 'host'; readonly host: string; readonly username?: string }
    | { readonly kind: 'jenkins'; readonly credentialId: string; readonly item: string }
    /** None of Bitbucket: the same credential is given to another host, too. No place answers it. */
    | { readonly kind: 'other host'; readonly credentialId: string; readonly item: string; readonly host: string }
    /** Of a Jenkinsfile in a clone of `repositories`; which job runs it, and on which controller, only their configurations tell. */
    | { readonly kind: 'jenkinsfile'; readonly credentialId: string; readonly repositories: readonly Repository[] }
}

/** `workspace/slug` of each that is named. */
export function repositoriesOf(uses: readonly Pick<Use, 'repository'>[]): readonly string[] {
  return uses.flatMap(({ repository }) =>
    repository === undefined ? [] : [`${repository.workspace}/${repository.slug}`],
  )
}
