import { randomInt } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { UsernamePassword } from './credential.ts'

/**
 * The hand-over of git-client (CliGitAPIImpl.createUnixStandardAskpass): user name and password in files of mode 0600
 * beside the workspace, and a script that only prints them. Without a credential the askpass program is `echo`.
 */
export async function withAskpass<T>(
  folder: string,
  credential: UsernamePassword | undefined,
  run: (environment: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  if (credential === undefined) return run(askpassEnvironment('echo'))
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const files = namesIn(folder)
  try {
    writeFiles(files, credential)
    return await run(askpassEnvironment(files.script))
  } finally {
    for (const each of Object.values(files)) rmSync(each, { force: true })
  }
}

interface AskpassFiles {
  readonly username: string
  readonly password: string
  readonly script: string
}

function namesIn(folder: string): AskpassFiles {
  const name = (prefix: string, suffix: string) => join(folder, `${prefix}${randomInt(2 ** 47)}${suffix}`)
  return {
    username: name('jenkins-gitclient-username', '.txt'),
    password: name('jenkins-gitclient-password', '.txt'),
    script: name('jenkins-gitclient-pass', '.sh'),
  }
}

function writeFiles({ username, password, script }: AskpassFiles, credential: UsernamePassword): void {
  writeFileSync(username, `${credential.username}\n`, { mode: 0o600, flag: 'wx' })
  writeFileSync(password, `${credential.password}\n`, { mode: 0o600, flag: 'wx' })
  const cases = [`Username*) cat ${quoted(username)} ;;`, `Password*) cat ${quoted(password)} ;;`]
  const lines = ['#!/bin/sh', 'case "$1" in', ...cases, 'esac', '']
  writeFileSync(script, lines.join('\n'), { mode: 0o700, flag: 'wx' })
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`
}

function askpassEnvironment(program: string): Readonly<Record<string, string>> {
  return { GIT_ASKPASS: program, SSH_ASKPASS: program, GIT_TERMINAL_PROMPT: 'false' }
}
