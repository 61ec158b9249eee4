import type { RepositoryUrl } from '../bitbucket/repository-url.ts'
import type { Context } from '../model/ports.ts'
import { type GitScene, type GitSetting, WITHOUT_CONFIGURATION } from './git-settings.ts'
import { runHelper } from './run-helper.ts'
import { named, withoutSecret } from './setting-match.ts'

/** What git would ask, and of which helpers. */
export interface CredentialQuestion {
  readonly helpers: readonly GitSetting[]
  /** `credential.username`, when one is in force. */
  readonly pinned?: { readonly username: string; readonly setting: GitSetting }
  /** `credential.useHttpPath`: a credential for this repository alone is wanted. */
  readonly path?: { readonly text: string; readonly setting: GitSetting }
  /** The empty value that has emptied the list of helpers. */
  readonly reset?: GitSetting
}

/** It answers, so that git does not go on to a prompt, and shows what it was asked. */
const WITNESS = `!sed 's/^/keyturn-asked /' >&2; echo username=keyturn; echo password=keyturn;:`

/**
 * Asked of git itself, which knows the patterns, the partial URLs and the values that reset: it is given the same settings in the same
 * order, with each helper replaced by a snippet that prints its number.
 */
export async function credentialQuestion(
  target: RepositoryUrl,
  settings: readonly GitSetting[],
  scene: GitScene,
  context: Context,
): Promise<CredentialQuestion> {
  const asked = settings.filter(({ key }) => /^credential\.(.*\.)?(helper|username|usehttppath)$/.test(key))
  const marked = asked.flatMap(({ key, value }, number) => ['-c', `${withoutSecret(key)}=${mark(key, value, number)}`])
  const args = [...marked, '-c', `credential.helper=${WITNESS}`, 'credential', 'fill']
  const { stderr } = await runHelper(context, scene, args, description(target), {
    ...WITHOUT_CONFIGURATION,
    HOME: '/dev/null',
    XDG_CONFIG_HOME: '/dev/null',
  })
  const numbers = [...stderr.matchAll(/^keyturn-helper (\d+)$/gm)].map(([, number]) => Number(number))
  const [, name] = /^keyturn-asked username=keyturn-name-(\d+)$/m.exec(stderr) ?? []
  const [, path] = /^keyturn-asked path=(.*)$/m.exec(stderr) ?? []
  const helpers = numbers.flatMap((number) => asked[number] ?? [])
  const narrowing = named(asked, 'credential', 'usehttppath').at(-1)
  const pin = name === undefined ? undefined : asked[Number(name)]
  const reset = named(asked, 'credential', 'helper').findLast(({ value }) => value === '')
  return {
    helpers,
    ...(pin === undefined ? {} : { pinned: { username: pin.value, setting: pin } }),
    ...(path === undefined || narrowing === undefined ? {} : { path: { text: path, setting: narrowing } }),
    ...(reset === undefined || helpers.length > 0 ? {} : { reset }),
  }
}

function mark(key: string, value: string, number: number): string {
  if (key.endsWith('.username')) return `keyturn-name-${number}`
  if (key.endsWith('.usehttppath')) return value
  return value === '' ? '' : `!echo keyturn-helper ${number} >&2;:`
}

/** As git's own HTTP client words it. Not an argument: it may name anything. */
export function description({ bare, username }: RepositoryUrl, asked: string | undefined = username): string {
  const url = new URL(bare)
  const lines = ['protocol=https', `host=${url.host}`, `path=${url.pathname.slice(1)}`]
  return `${[...lines, ...(asked === undefined ? [] : [`username=${asked.replaceAll('\n', '')}`])].join('\n')}\n\n`
}
