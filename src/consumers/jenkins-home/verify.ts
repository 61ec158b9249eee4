import type { Verifier } from '../../model/consumer.ts'
import { type Endpoints, gitVerifier } from '../git-verifier.ts'
import { askpassHandOver } from '../secret-hand-over.ts'
import { jenkinsHomeConnector, jenkinsPair } from './connect.ts'
import { namedCredential } from './named-credential.ts'
import { isReferenceAddress } from './rewire.ts'

/**
 * git is given the credential as the git plugin gives it: the agents have their own helpers and netrc. What only names a credential is
 * proved with the one that it names now.
 */
export function makeJenkinsHomeVerifier(endpoints?: Endpoints): Verifier {
  const { verify } = gitVerifier({
    connector: jenkinsHomeConnector,
    pair: jenkinsPair,
    handOver: askpassHandOver,
    ...(endpoints === undefined ? {} : { endpoints }),
  })
  return {
    verify: async (place, use, context) => {
      const named = isReferenceAddress(place.address) ? await namedCredential(place, context) : undefined
      return verify(named ?? place, use, context)
    },
  }
}
