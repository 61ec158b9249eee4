import { posix } from 'node:path'
import type { Verifier } from '../../model/consumer.ts'
import type { Context } from '../../model/ports.ts'
import {
  type Endpoints,
  gitVerifier,
  type HandOver,
  type HandOverRequest,
  NO_HOME,
  shellQuoted,
} from '../git-verifier.ts'
import { jenkinsHomeConnector, jenkinsPair } from './connect.ts'

export function makeJenkinsHomeVerifier(endpoints?: Endpoints): Verifier {
  return gitVerifier({
    connector: jenkinsHomeConnector,
    pair: jenkinsPair,
    handOver: askpassHandOver,
    ...(endpoints === undefined ? {} : { endpoints }),
  })
}

/**
 * As git-client does (CliGitAPIImpl): username and password in files that only the owner reads, and a script that prints them.
 * Helpers and the netrc of this user stay out: the agents have their own.
 */
async function askpassHandOver({ pair, url, context }: HandOverRequest): Promise<HandOver> {
  const name = Buffer.from(context.system.random.bytes(12)).toString('hex')
  const folder = context.system.processes.environment()['TMPDIR'] ?? '/tmp'
  const file = (end: string) => posix.join(folder, `keyturn-git-${name}-${end}`)
  const [script, username, password] = [file('pass.sh'), file('username.txt'), file('password.txt')] as const
  const done = () => removeAll([script, username, password], context)
  try {
    await write(username, `${pair.username}\n`, 0o600, context)
    await write(password, `${pair.password}\n`, 0o600, context)
    await write(script, askpassScript(username, password), 0o700, context)
  } catch (error) {
    await done()
    throw error
  }
  return {
    remote: url,
    settings: [],
    environment: { HOME: NO_HOME, GIT_CONFIG_GLOBAL: '/dev/null', GIT_ASKPASS: script },
    done,
  }
}

function askpassScript(username: string, password: string): string {
  return [
    '#!/bin/sh',
    'case "$1" in',
    `Username*) cat ${shellQuoted(username)} ;;`,
    `Password*) cat ${shellQuoted(password)} ;;`,
    'esac',
    '',
  ].join('\n')
}

async function write(path: string, text: string, mode: number, { system }: Context): Promise<void> {
  await system.files.replace(path, 'absent', Buffer.from(text, 'utf8'), mode)
}

async function removeAll(paths: readonly string[], { system }: Context): Promise<void> {
  for (const path of paths) await system.files.remove(path)
}
