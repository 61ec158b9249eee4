import type { Consumer } from '../../model/consumer.ts'
import { netrcConnector } from './connect.ts'
import { netrcDetector } from './detect.ts'
import { makeNetrcVerifier } from './verify.ts'

export const consumer: Consumer = {
  id: 'netrc',
  title: 'netrc',
  detector: netrcDetector,
  connector: netrcConnector,
  verifier: makeNetrcVerifier(),
}
