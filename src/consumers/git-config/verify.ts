import { posix } from 'node:path'
import type { Verifier } from '../../model/consumer.ts'
import { type Endpoints, gitVerifier, type HandOver, type HandOverRequest } from '../git-verifier.ts'
import { NO_HOME } from '../secret-hand-over.ts'
import { gitConfigConnector, gitConfigPair } from './connect.ts'

export function makeGitConfigVerifier(endpoints?: Endpoints): Verifier {
  return gitVerifier({
    connector: gitConfigConnector,
    pair: gitConfigPair,
    handOver: configHandOver,
    ...(endpoints === undefined ? {} : { endpoints }),
  })
}

/**
 * Headers are asked by the git that reads them. A URL that holds a secret is asked over HTTP: git hands such a URL to its helper
 * process as an argument, which everyone on the machine can read.
 */
async function configHandOver({ place, url, context }: HandOverRequest): Promise<HandOver | undefined> {
  if (place.at.kind !== 'file' || !place.address.startsWith('http.')) return undefined
  const { path } = place.at
  if (isGlobal(path))
    return { remote: url, isHeader: true, settings: [], environment: { HOME: NO_HOME, GIT_CONFIG_GLOBAL: path } }
  const environment = context.system.processes.environment()
  const beside = environment['GIT_CONFIG_GLOBAL'] ?? posix.join(environment['HOME'] ?? NO_HOME, '.gitconfig')
  return {
    remote: url,
    isHeader: true,
    folder: posix.dirname(path),
    settings: ['safe.directory=*'],
    environment: { HOME: NO_HOME, GIT_CONFIG_GLOBAL: beside, GIT_DIR: posix.dirname(path) },
  }
}

/** Any other name is that of a file which one of the user's includes; what a repository brings along sets no header for git. */
function isGlobal(path: string): boolean {
  return /\/git\/config$/.test(path) || !/\/(config|config\.worktree|\.gitmodules|\.lfsconfig)$/.test(path)
}
