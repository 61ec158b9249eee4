import type { RepositoryUrl } from '../bitbucket/repository-url.ts'
import type { Context } from '../model/ports.ts'
import { type GitScene, type GitSetting, runGit, WITHOUT_CONFIGURATION } from './git-settings.ts'

export function named(settings: readonly GitSetting[], section: string, name: string): readonly GitSetting[] {
  return settings.filter(
    ({ key }) => key === `${section}.${name}` || (key.startsWith(`${section}.`) && key.endsWith(`.${name}`)),
  )
}

/**
 * The values of `http.<url>.NAME` that git collects for a URL, in the order in which it reads them. Git drops a value whose URL fits
 * less well than one it has read before, so the order of the files counts as well as the length of the URL. Asked of git: it is
 * given the same keys with their numbers as values, one more each time, and says which number it took last.
 */
export async function collectedByGit(
  candidates: readonly GitSetting[],
  name: string,
  target: RepositoryUrl,
  scene: GitScene,
  context: Context,
): Promise<readonly GitSetting[]> {
  const collected: GitSetting[] = []
  const given: string[] = []
  for (const [number, setting] of candidates.slice(0, MOST).entries()) {
    given.push('-c', `${withoutSecret(setting.key)}=${number}`)
    const args = [...given, 'config', '--get-urlmatch', `http.${name}`, withUsername(target)]
    const { stdout } = await runGit(context, scene, args, undefined, WITHOUT_CONFIGURATION)
    if (stdout.trim() === String(number)) collected.push(setting)
  }
  return collected
}

const MOST = 50

/** A user in the pattern of a setting must be that of the URL; a token that stands there is nobody's name. */
function withUsername({ bare, username }: RepositoryUrl): string {
  const isName = username !== undefined && /^[A-Za-z0-9_.@+-]{1,64}$/.test(username)
  return isName ? bare.replace('://', `://${encodeURIComponent(username)}@`) : bare
}

/**
 * Keys become arguments, which everyone on the machine can read. Git compares the user of a pattern and not its password; a token that
 * stands where the user belongs is nobody's name.
 */
export function withoutSecret(key: string): string {
  return key.replace(/(:\/\/[^/@:]*):[^/@]*@/, '$1@').replace(/:\/\/AT(?:ATT3|CTT3|BB)[^/@]*@/i, '://token@')
}

/** For a command that a person copies. `undefined`: it stands in no file, or its own name holds a secret. */
export function settingToName({ file, key }: GitSetting): { readonly file: string; readonly key: string } | undefined {
  return file === undefined || withoutSecret(key) !== key ? undefined : { file, key }
}

export function whereOf({ file, line, scope, key }: GitSetting): string {
  if (file === undefined)
    return `${withoutSecret(key)} (${scope === 'command' ? 'environment or command line' : scope})`
  return line === undefined ? file : `${file}:${line}`
}
