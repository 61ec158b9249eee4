import type { Consumer } from '../../model/consumer.ts'
import { jenkinsConnector } from './connect.ts'
import { JENKINS } from './list.ts'
import { jenkinsVerifier } from './verify.ts'

/** Jenkins controllers that run, asked over their HTTP API. */
export const consumer: Consumer = {
  id: JENKINS,
  title: 'Jenkins (HTTP API)',
  connector: jenkinsConnector,
  verifier: jenkinsVerifier,
}
