import { posix } from 'node:path'
import type { Verifier } from '../../model/consumer.ts'
import { type Endpoints, gitVerifier, type HandOver, type HandOverRequest } from '../git-verifier.ts'
import { NO_HOME, shellQuoted } from '../secret-hand-over.ts'
import { gitCredentialPair, gitCredentialsConnector } from './connect.ts'

export function makeGitCredentialsVerifier(endpoints?: Endpoints): Verifier {
  return gitVerifier({
    connector: gitCredentialsConnector,
    pair: gitCredentialPair,
    handOver: storeHandOver,
    ...(endpoints === undefined ? {} : { endpoints }),
  })
}

/** git-credential-store itself reads the file, but only to get: git asks a helper to erase on a 401 and to store on success. */
async function storeHandOver({ place, url }: HandOverRequest): Promise<HandOver | undefined> {
  // The store answers with the first line that fits, so a later one is asked by itself.
  if (place.at.kind !== 'file' || /#\d+$/.test(place.address)) return undefined
  const { path } = place.at
  const helper = `!f() { test "$1" = get && git credential-store --file=${shellQuoted(path)} get; }; f`
  return {
    remote: url,
    settings: [`credential.helper=${helper}`],
    environment: { HOME: NO_HOME, GIT_CONFIG_GLOBAL: globalConfigBeside(path) },
  }
}

/** Proxy and certificate settings of the same user. */
function globalConfigBeside(path: string): string {
  const folder = posix.dirname(path)
  return posix.basename(path) === 'credentials' ? posix.join(folder, 'config') : posix.join(folder, '.gitconfig')
}
