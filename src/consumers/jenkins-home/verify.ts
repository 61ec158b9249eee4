import type { Verifier } from '../../model/consumer.ts'
import { type Endpoints, gitVerifier } from '../git-verifier.ts'
import { askpassHandOver } from '../secret-hand-over.ts'
import { jenkinsHomeConnector, jenkinsPair } from './connect.ts'

/** git is given the credential as the git plugin gives it: the agents have their own helpers and netrc. */
export function makeJenkinsHomeVerifier(endpoints?: Endpoints): Verifier {
  return gitVerifier({
    connector: jenkinsHomeConnector,
    pair: jenkinsPair,
    handOver: askpassHandOver,
    ...(endpoints === undefined ? {} : { endpoints }),
  })
}
