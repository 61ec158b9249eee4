import { posix } from 'node:path'
import type { Verifier } from '../../model/consumer.ts'
import type { Place } from '../../model/place.ts'
import { type Endpoints, gitVerifier, type HandOver, type HandOverRequest, NO_HOME } from '../git-verifier.ts'
import { gitConfigConnector, gitConfigPair } from './connect.ts'

export function makeGitConfigVerifier(endpoints?: Endpoints): Verifier {
  return gitVerifier({
    connector: gitConfigConnector,
    pair: gitConfigPair,
    handOver: configHandOver,
    ...(endpoints === undefined ? {} : { endpoints }),
  })
}

/** Remotes, rewrites and headers are asked by the git that reads them. A submodule's URL cannot be given to git unseen. */
async function configHandOver({ place, url, context }: HandOverRequest): Promise<HandOver | undefined> {
  if (place.at.kind !== 'file' || /^submodule\./.test(place.address) || /\.pushurl(#|$)/.test(place.address))
    return undefined
  const { path } = place.at
  const remote = remoteOf(place, url)
  if (remote === undefined) return undefined
  if (isGlobal(path)) return { remote, settings: [], environment: { HOME: NO_HOME, GIT_CONFIG_GLOBAL: path } }
  const environment = context.system.processes.environment()
  const beside = environment['GIT_CONFIG_GLOBAL'] ?? posix.join(environment['HOME'] ?? NO_HOME, '.gitconfig')
  return {
    remote,
    folder: posix.dirname(path),
    settings: ['safe.directory=*'],
    environment: { HOME: NO_HOME, GIT_CONFIG_GLOBAL: beside, GIT_DIR: posix.dirname(path) },
  }
}

function isGlobal(path: string): boolean {
  return /(\.gitconfig|\/git\/config)$/.test(path)
}

/** git lists the first URL of a remote only. */
function remoteOf(place: Place, url: string): string | undefined {
  const remote = /^remote\.(.+)\.url(#\d+)?$/.exec(place.address)
  if (remote !== null) return remote[2] === undefined ? decodeURIComponent(remote[1] ?? '') : undefined
  const rewritten = /^url\.(?:pushInsteadOf|insteadOf)\/(.*?)(?:#\d+)?$/.exec(place.address)?.[1]
  return rewritten === undefined ? url : rewrittenUrl(rewritten, url)
}

/** `https://bitbucket.org/` stands for itself; a short form like `bb:` stands for the host. */
function rewrittenUrl(value: string, url: string): string | undefined {
  if (url.startsWith(value)) return url
  return /^[a-z]+:$/.test(value) ? `${value}${new URL(url).pathname.slice(1)}` : undefined
}
