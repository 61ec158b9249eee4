import { isAbsolute, join } from 'node:path'
import { neutralise } from '../bitbucket/evidence-text.ts'
import { Failure } from '../model/failure.ts'
import type { Context } from '../model/ports.ts'
import { shellWord } from './shell-word.ts'

/** Where git runs: whose configuration it reads, and in which folder. */
export interface GitScene {
  /** HOME of the account that runs git: another machine's folder, a Jenkins agent's. Absent: this user's. */
  readonly home?: string
  /** A clone, so that its own configuration counts. */
  readonly folder?: string
  /** How long one credential helper may take. */
  readonly helperSeconds?: number
}

/** One setting of git, with the file that holds it. */
export interface GitSetting {
  /** Lower-case section and name, subsection as written: `http.https://bitbucket.org/.extraheader`. */
  readonly key: string
  readonly value: string
  readonly scope: string
  /** Absolute path. Absent: environment or command line. */
  readonly file?: string
  readonly line?: number
}

/** The environment in which git can ask nobody and store nothing. */
export function mutedEnvironment(context: Context, scene: GitScene): Record<string, string> {
  const inherited = context.system.processes.environment()
  const foreign = /^(XDG_CONFIG_HOME|GIT_CONFIG_(GLOBAL|COUNT|PARAMETERS|(KEY|VALUE)_\d+))$/
  // These point git at another repository than the folder that was named, or a helper at a screen and a terminal.
  const displaced = /^(GIT_(DIR|WORK_TREE|INDEX_FILE|COMMON_DIR|TRACE.*|CURL_VERBOSE)|DISPLAY|WAYLAND_DISPLAY|GPG_TTY)$/
  const kept = Object.entries(inherited).filter(
    ([name]) => !displaced.test(name) && !(scene.home !== undefined && foreign.test(name)),
  )
  return {
    ...Object.fromEntries(kept),
    ...(scene.home === undefined ? {} : { HOME: scene.home }),
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '', // empty, not absent: git would go on to core.askPass and SSH_ASKPASS
    SSH_ASKPASS: '',
    SSH_ASKPASS_REQUIRE: 'never',
    GCM_INTERACTIVE: 'never',
    GCM_GUI_PROMPT: 'false',
    BROWSER: 'false', // the command of that name: what xdg-open would start
    GIT_OPTIONAL_LOCKS: '0',
    LC_ALL: 'C',
  }
}

/** A question to git in which only the settings on its command line count. */
export const WITHOUT_CONFIGURATION = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_COUNT: '0',
  GIT_CONFIG_PARAMETERS: '',
  /** No folder, so that no configuration can be in it. */
  GIT_DIR: '/dev/null',
}

export async function runGit(
  context: Context,
  scene: GitScene,
  args: readonly string[],
  input?: string,
  more: Readonly<Record<string, string>> = {},
) {
  const folder = scene.folder ?? scene.home
  return context.system.processes.run({
    command: 'git',
    args,
    environment: { ...mutedEnvironment(context, scene), ...more },
    timeoutMs: 15_000,
    ...(folder === undefined ? {} : { folder }),
    ...(input === undefined ? {} : { input }),
  })
}

/** Every setting whose key matches, in the order in which git reads them. Asked of git itself, so that includes and scopes count. */
export async function gitSettings(context: Context, scene: GitScene, pattern: string): Promise<readonly GitSetting[]> {
  const { stdout, exitCode, stderr } = await runGit(context, scene, [
    'config',
    '--show-origin',
    '--show-scope',
    '-z',
    '--get-regexp',
    pattern,
  ])
  if (exitCode > 1) throw unreadable(scene, stderr)
  const fields = stdout.split('\0')
  const top = await topOf(context, scene)
  const raw: RawSetting[] = []
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [scope = '', origin = '', entry = ''] = fields.slice(at, at + 3)
    raw.push(rawSetting(scope, fileOf(origin, top), entry))
  }
  return located(context, raw)
}

function unreadable(scene: GitScene, stderr: string): Failure {
  return new Failure('R102', {
    at: scene.folder ?? scene.home ?? 'the configuration of git',
    because: `git could not read its configuration: ${neutralise(stderr.split('\n')[0] ?? '').slice(0, 200)}`,
    state: 'Nothing was changed.',
  })
}

type RawSetting = Omit<GitSetting, 'line'>

function rawSetting(scope: string, file: string | undefined, entry: string): RawSetting {
  const newline = entry.indexOf('\n')
  const key = newline < 0 ? entry : entry.slice(0, newline)
  const value = newline < 0 ? 'true' : entry.slice(newline + 1)
  return { key, value, scope, ...(file === undefined ? {} : { file }) }
}

/** Git reports the file and not the line. The line is for people to look at; the n-th value of a key stands in its n-th line. */
async function located(context: Context, settings: readonly RawSetting[]): Promise<readonly GitSetting[]> {
  const left = new Map<string, Map<string, number[]>>()
  const found: GitSetting[] = []
  for (const setting of settings) {
    const { file, key } = setting
    if (file === undefined) {
      found.push(setting)
      continue
    }
    const lines = left.get(file) ?? linesByKey(new TextDecoder().decode(await bytesOf(context, file)))
    left.set(file, lines)
    const line = lines.get(key)?.shift()
    found.push(line === undefined ? setting : { ...setting, line })
  }
  return found
}

function linesByKey(text: string): Map<string, number[]> {
  const lines = new Map<string, number[]>()
  let section = ''
  for (const [index, line] of text.split('\n').entries()) {
    const [header = '', name = '', quoted] = /^\s*\[\s*([\w.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]/.exec(line) ?? []
    if (name !== '')
      section = quoted === undefined ? name.toLowerCase() : `${name.toLowerCase()}.${quoted.replace(/\\(.)/g, '$1')}`
    const [, variable] = /^\s*([A-Za-z][\w-]*)\s*(?:[=;#]|$)/.exec(line.slice(header.length)) ?? []
    if (variable === undefined || section === '') continue
    const key = `${section}.${variable.toLowerCase()}`
    lines.set(key, [...(lines.get(key) ?? []), index + 1])
  }
  return lines
}

export async function topOf(context: Context, scene: GitScene): Promise<string | undefined> {
  if (scene.folder === undefined) return undefined
  const { stdout, exitCode, stderr } = await runGit(context, scene, ['rev-parse', '--show-toplevel'])
  if (exitCode !== 0 && stderr.includes('detected dubious ownership')) throw ofAnotherOwner(scene, scene.folder, stderr)
  return exitCode === 0 ? stdout.trim() : scene.folder
}

/** Git leaves out the configuration of such a clone without a word, and then answers for the account alone (git-config, safe.directory). */
function ofAnotherOwner({ home }: GitScene, folder: string, stderr: string): Failure {
  const [, named = folder] = /dubious ownership in repository at '(.+)'/.exec(stderr) ?? []
  const account = home === undefined ? '' : `HOME=${shellWord(home)} `
  return new Failure('R102', {
    at: named,
    because: 'the clone belongs to another account, so git does not read its configuration (safe.directory)',
    state: 'Nothing was asked.',
    next: [
      'Run keyturn as the owner of the clone, or let git read it.',
      `  ${account}git config --global --add safe.directory ${shellWord(named)}`,
      'Or ask without the clone.',
      '  keyturn doctor https://bitbucket.org/WORKSPACE/REPOSITORY.git --folder /',
    ],
  })
}

function fileOf(origin: string, top: string | undefined): string | undefined {
  if (!origin.startsWith('file:')) return undefined
  const path = origin.slice('file:'.length)
  return isAbsolute(path) ? path : join(top ?? '', path)
}

/** Empty when the file is absent or unreadable: the chain says so by what it does not hold. */
export async function bytesOf(context: Context, path: string): Promise<Uint8Array> {
  try {
    return await context.system.files.read(path)
  } catch (error) {
    if (error instanceof Failure) return new Uint8Array()
    throw error
  }
}
