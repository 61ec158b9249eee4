import { isAbsolute, join, resolve } from 'node:path'
import type { System } from '../model/ports.ts'
import type { OwnFiles } from './host-stores.ts'
import { isBelow } from './search.ts'

/** Variables that name a folder or file which holds what would else lie in the home. `:` between several. */
const VARIABLES: readonly (readonly [name: string, what: 'path' | 'list'])[] = [
  ['XDG_CONFIG_HOME', 'path'],
  ['XDG_DATA_HOME', 'path'],
  ['XDG_STATE_HOME', 'path'],
  ['GIT_CONFIG_GLOBAL', 'path'], // git-config(1)
  ['GIT_CONFIG_SYSTEM', 'path'],
  ['NETRC', 'path'], // requests, pip, Go
  ['CURL_HOME', 'path'], // curl(1)
  ['DOCKER_CONFIG', 'path'], // docker(1)
  ['REGISTRY_AUTH_FILE', 'path'], // containers-auth.json(5)
  ['KUBECONFIG', 'list'], // kubectl
  ['NPM_CONFIG_USERCONFIG', 'path'], // npm config; npm reads the variable in either case
  ['npm_config_userconfig', 'path'],
  ['PIP_CONFIG_FILE', 'path'], // pip
  ['UV_CONFIG_FILE', 'path'],
  ['COMPOSER_HOME', 'path'],
  ['BUNDLE_USER_CONFIG', 'path'],
  ['BUNDLE_USER_HOME', 'path'],
  ['CARGO_HOME', 'path'],
  ['CONAN_HOME', 'path'],
  ['GRADLE_USER_HOME', 'path'],
  ['TF_CLI_CONFIG_FILE', 'path'],
  ['PULUMI_HOME', 'path'],
  ['HELM_CONFIG_HOME', 'path'],
  ['HELM_REPOSITORY_CONFIG', 'path'],
  ['JENKINS_HOME', 'path'],
]

/** Git reads it for every user of the machine. */
const SYSTEM_GIT = '/etc/gitconfig'

/**
 * A whole home, and where else the tools of its user are told to look; what lies inside the home stands for itself. Absolute
 * paths, each once; whether they exist is another question. Relative ones mean something else in each folder, and are left out.
 */
export function homeSources(
  home: string,
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const named = VARIABLES.flatMap(([name, what]) => {
    const text = environment[name] ?? ''
    return what === 'list' ? text.split(':') : [text]
  })
  const gitconfig = environment['GIT_CONFIG_NOSYSTEM'] === '1' ? [] : [SYSTEM_GIT]
  const sources = [resolve(home)]
  for (const path of [...named, ...gitconfig]
    .filter((one) => isAbsolute(one) && one !== '/')
    .map((one) => resolve(one)))
    if (!sources.some((source) => isBelow(path, source))) sources.push(path)
  return sources
}

/**
 * Roots for a scan of the home: it comes first, then `paths`, then what there is of the rest. What a variable names and is not there
 * is nothing to read: a device that stands for "none", a folder of another machine.
 */
export async function wholeHome(paths: readonly string[], { files, processes }: System): Promise<readonly string[]> {
  const environment = processes.environment()
  const [home = '', ...others] = homeSources(environment['HOME'] ?? '', environment)
  const present: string[] = []
  for (const path of others) {
    const real = await files.resolve(path).catch(() => undefined)
    const kind = real === undefined ? undefined : (await files.entry(real).catch(() => undefined))?.kind
    if (kind === 'file' || kind === 'folder') present.push(path)
  }
  return [home, ...new Set([...paths.map((path) => resolve(path)), ...present].filter((path) => !isBelow(path, home)))]
}

/** Where the base directory specification puts caches. */
export function cacheFolder(home: string, environment: Readonly<Record<string, string | undefined>>): string {
  return resolve(environment['XDG_CACHE_HOME'] || join(home, '.cache'))
}

/** Which files git reads for the user who runs this, by their real paths. */
export async function ownFiles({ files, processes }: System): Promise<OwnFiles> {
  const environment = processes.environment()
  const real = (path: string): Promise<string> => files.resolve(path).catch(() => resolve(path))
  const home = environment['HOME'] ?? ''
  const xdg = environment['XDG_CONFIG_HOME'] ?? ''
  const named = [
    environment['GIT_CONFIG_GLOBAL'] ?? '',
    environment['GIT_CONFIG_SYSTEM'] ?? '',
    SYSTEM_GIT,
    ...(xdg === '' ? [] : [join(xdg, 'git', 'config'), join(xdg, 'git', 'credentials')]),
  ].filter(isAbsolute)
  return {
    home: isAbsolute(home) ? await real(home) : undefined,
    files: new Set(await Promise.all(named.map(real))),
  }
}
