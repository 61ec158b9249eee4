import type { Context, ProcessResult } from '../../model/ports.ts'

/** A credential helper that git asks about Bitbucket. */
export interface HelperSetting {
  /** As configured: `store --file=~/x`, `manager`, `!f() { …; }; f`. */
  readonly value: string
  /** Absolute path of the configuration that names it. */
  readonly file: string
  /** Unique in the file: `credential.helper/store`, the second of its name `credential.helper/store#2`. */
  readonly address: string
}

/** What git is asked about. Without a path: git asks so unless `credential.useHttpPath` is set. */
const HOST = 'bitbucket.org'
export const HOST_URL = `https://${HOST}`

/** Helpers that read a screen or a terminal find neither; git's traces hold secrets, and its folders point elsewhere. */
const LEFT_OUT =
  /^(GIT_(DIR|WORK_TREE|INDEX_FILE|COMMON_DIR|TRACE.*|CURL_VERBOSE)|DISPLAY|WAYLAND_DISPLAY|GPG_TTY|SSH_ASKPASS|GIT_ASKPASS)$/

/** Longer than a keychain takes, and short enough for a person who waits. */
const PATIENCE_MS = 20_000

export interface GitQuestion {
  readonly args: readonly string[]
  /** Secrets travel here alone. */
  readonly input?: string
  readonly environment?: Readonly<Record<string, string>>
}

/** git with nobody to be asked, outside of any repository. Exit code 124: it was ended, and its helper with it. */
export function runGit({ system }: Context, { args, input, environment }: GitQuestion): Promise<ProcessResult> {
  const kept = Object.entries(system.processes.environment()).filter(([name]) => !LEFT_OUT.test(name))
  return system.processes.run({
    command: 'git',
    args,
    folder: '/',
    environment: {
      ...Object.fromEntries(kept),
      LC_ALL: 'C',
      GIT_TERMINAL_PROMPT: '0',
      GIT_ASKPASS: '', // empty, not absent: git would go on to core.askPass
      GCM_INTERACTIVE: 'never',
      GCM_GUI_PROMPT: 'false',
      BROWSER: 'false',
      GIT_DIR: '/dev/null', // no folder, so that no configuration can be in it
      ...environment,
    },
    timeoutMs: PATIENCE_MS,
    ...(input === undefined ? {} : { input }),
  })
}

/** Every helper in force, in the order in which git asks them; an empty value forgets those before it (gitcredentials(7)). */
export async function helpersInForce(context: Context): Promise<readonly HelperSetting[]> {
  let helpers: HelperSetting[] = []
  for (const { key, value, file } of await settingsForBitbucket('helper', context)) {
    if (value === '') helpers = []
    else if (file !== undefined) helpers.push({ value, file, address: addressOf(key, value, file, helpers) })
  }
  return helpers
}

/** The username that git asks helpers for, and the setting that says so: the last that fits, and not the one with the nearest address. */
export async function nameInForce(
  context: Context,
): Promise<{ readonly key: string; readonly value: string } | undefined> {
  return (await settingsForBitbucket('username', context)).at(-1)
}

interface Setting {
  readonly key: string
  readonly value: string
  /** Absent: it comes from no file. */
  readonly file: string | undefined
}

/** In the order in which git reads them. */
async function settingsForBitbucket(name: 'helper' | 'username', context: Context): Promise<readonly Setting[]> {
  const { stdout } = await runGit(context, {
    args: ['config', '--show-origin', '-z', '--get-regexp', `^credential\\.(.*\\.)?${name}$`],
  })
  const fields = stdout.split('\0')
  const settings: Setting[] = []
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [key = '', value = ''] = (fields[at + 1] ?? '').split(/\n(.*)/s)
    const file = /^file:(\/.*)$/s.exec(fields[at] ?? '')?.[1]
    if (isForBitbucket(key)) settings.push({ key, value, file })
  }
  return settings
}

/** `credential.helper`, and those of an address that a question for the host alone falls under (urlmatch.c). */
function isForBitbucket(key: string): boolean {
  const address = /^credential\.(.+)\.[^.]+$/.exec(key)?.[1]
  if (address === undefined) return true
  const host = /^https:\/\/([^/:@]+)(?::443)?\/?$/.exec(address)?.[1]
  return host === HOST || host === '*.org'
}

function addressOf(key: string, value: string, file: string, before: readonly HelperSetting[]): string {
  const name = `${key}/${nameOf(value)}`
  const count = before.filter((other) => other.file === file && other.address.replace(/#\d+$/, '') === name).length
  return count === 0 ? name : `${name}#${count + 1}`
}

/** A word that can be printed: what else stands in the setting may be a secret. */
export function nameOf(value: string): string {
  if (value.startsWith('!')) return 'command'
  const program = firstWord(value).split(/[\\/]/).at(-1) ?? ''
  return /^[A-Za-z0-9._-]{1,64}$/.test(program) ? program : 'program'
}

export function firstWord(value: string): string {
  return value.trim().split(/\s+/)[0] ?? ''
}

/** Git Credential Manager, which checks what it stored before it answers (BitbucketHostProvider.cs). */
export function isManager({ value }: HelperSetting): boolean {
  return /(^|[/\\-])manager(-core)?(\.exe)?["']?$/.test(firstWord(value))
}

/** What git says about one setting for the host; `undefined`: it is not set. */
export async function settingFor(name: string, context: Context): Promise<string | undefined> {
  const { stdout, exitCode } = await runGit(context, { args: ['config', '--get-urlmatch', name, HOST_URL] })
  return exitCode === 0 ? stdout.replace(/\n$/, '') : undefined
}
