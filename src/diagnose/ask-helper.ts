import type { RepositoryUrl } from '../bitbucket/repository-url.ts'
import { literalHelper } from '../model/literal-helper.ts'
import type { Context } from '../model/ports.ts'
import type { Secret } from '../model/secret.ts'
import { description } from './credential-question.ts'
import { type GitScene, WITHOUT_CONFIGURATION } from './git-settings.ts'
import { runHelper } from './run-helper.ts'

export type HelperAnswer =
  | { readonly kind: 'answered'; readonly username?: string; readonly secret: Secret }
  /** It names the user and gives no password: whoever comes after it is asked for that user. */
  | { readonly kind: 'named a user'; readonly username: string }
  | { readonly kind: 'silent' | 'could not be run' | 'timed out' | 'told git to stop' | 'not asked' }

export interface HelperQuestion {
  readonly helper: string
  readonly target: RepositoryUrl
  readonly scene: GitScene
  readonly context: Context
  /** `any`: without the settings that narrow the question. */
  readonly username: string | undefined | { readonly any: true }
  readonly environment?: Readonly<Record<string, string>>
}

/** Fills what is still missing, so that git neither prompts nor fails, and the gap shows. */
const GAP = 'keyturn-gap'
const WITNESS = `!f() { s=$(cat); case "$s" in *password=*) ;; *) echo password=${GAP};; esac; case "$s" in *username=*) ;; *) echo username=${GAP};; esac; }; f`

/** One helper alone. `fill` neither stores nor erases. */
export async function askHelper(question: HelperQuestion): Promise<HelperAnswer> {
  const { helper, target, scene, context, username, environment = {} } = question
  const written = literalAnswer(helper, context)
  if (written !== undefined) return written
  // It stores nothing and answers by opening a browser, each time.
  if (/(^|[/-])oauth\b/.test(firstWord(helper))) return { kind: 'not asked' }
  const isAny = typeof username === 'object'
  const only = ['', helper, WITNESS].flatMap((value) => ['-c', `credential.helper=${value}`])
  const { stdout, stderr, exitCode } = await runHelper(
    context,
    scene,
    [...only, 'credential', 'fill'],
    description(isAny ? { ...target, username: '' } : target, isAny ? undefined : username).replace(
      /^username=\n/m,
      '',
    ),
    { ...(isAny ? WITHOUT_CONFIGURATION : {}), ...environment },
  )
  if (exitCode === 124) return { kind: 'timed out' }
  if (exitCode !== 0) return { kind: 'told git to stop' }
  return answerOf(stdout, stderr, isAny ? undefined : username, context)
}

function answerOf(stdout: string, stderr: string, asked: string | undefined, context: Context): HelperAnswer {
  const value = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(stdout)?.[1]
  const [username, password] = [value('username'), value('password')]
  const isNamed = username !== undefined && username !== '' && username !== GAP
  if (password !== undefined && password !== '' && password !== GAP)
    return isNamed
      ? { kind: 'answered', username, secret: context.seal(password) }
      : { kind: 'answered', secret: context.seal(password) }
  if (isNamed && username !== asked) return { kind: 'named a user', username }
  return { kind: COULD_NOT_RUN.test(stderr) ? 'could not be run' : 'silent' }
}

/** git for a helper that is not there, and the shells for a command that is not. */
const COULD_NOT_RUN = /is not a git command|not found|No such file or directory|Permission denied|cannot (run|exec)/

/**
 * A snippet that prints a literal password (`!f() { echo password=...; }`) is read and not run: naming it to git would put the
 * secret into arguments that everyone on the machine can read.
 */
export function literalAnswer(
  helper: string,
  context: Context,
): Extract<HelperAnswer, { kind: 'answered' }> | undefined {
  const written = literalHelper(helper)
  if (written === undefined) return undefined
  const { username, password } = written
  return { kind: 'answered', ...(username === undefined ? {} : { username }), secret: context.seal(password) }
}

/** `store` of `store --file=/x`, `!f()` of a snippet. */
export function firstWord(helper: string): string {
  return helper.trim().split(/\s+/)[0] ?? ''
}
