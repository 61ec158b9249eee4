import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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
  const own = mkdtempSync(join(folder, 'jenkins-gitclient-'))
  try {
    return await run(askpassEnvironment(writeAskpass(own, credential)))
  } finally {
    rmSync(own, { recursive: true, force: true })
  }
}

function writeAskpass(folder: string, credential: UsernamePassword): string {
  const username = join(folder, 'jenkins-gitclient-username.txt')
  const password = join(folder, 'jenkins-gitclient-password.txt')
  const script = join(folder, 'pass.sh')
  writeFileSync(username, `${credential.username}\n`, { mode: 0o600 })
  writeFileSync(password, `${credential.password}\n`, { mode: 0o600 })
  const lines = [
    '#!/bin/sh',
    'case "$1" in',
    `Username*) cat ${quoted(username)} ;;`,
    `Password*) cat ${quoted(password)} ;;`,
  ]
  writeFileSync(script, [...lines, 'esac', ''].join('\n'), { mode: 0o700 })
  return script
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`
}

function askpassEnvironment(program: string): Readonly<Record<string, string>> {
  return { GIT_ASKPASS: program, SSH_ASKPASS: program, GIT_TERMINAL_PROMPT: 'false' }
}
