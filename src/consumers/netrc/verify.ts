import { posix } from 'node:path'
import type { Verifier } from '../../model/consumer.ts'
import { type Endpoints, gitVerifier, type HandOver, type HandOverRequest } from '../git-verifier.ts'
import { netrcConnector, netrcPair } from './connect.ts'

export function makeNetrcVerifier(endpoints?: Endpoints): Verifier {
  return gitVerifier({
    connector: netrcConnector,
    pair: netrcPair,
    handOver: netrcHandOver,
    ...(endpoints === undefined ? {} : { endpoints }),
  })
}

/** libcurl reads `.netrc` in HOME and no other name; the other names are asked over HTTP. */
async function netrcHandOver({ place, url }: HandOverRequest): Promise<HandOver | undefined> {
  const path = place.at.kind === 'file' ? place.at.path : ''
  // curl reads the first entry of a host only, so a later one is asked by itself.
  if (posix.basename(path) !== '.netrc' || /#\d+$/.test(place.address)) return undefined
  return { remote: url, settings: [], environment: { HOME: posix.dirname(path) } }
}
