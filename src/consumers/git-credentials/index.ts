import type { Consumer } from '../../model/consumer.ts'
import { gitCredentialsConnector } from './connect.ts'
import { gitCredentialsDetector } from './detect.ts'
import { makeGitCredentialsVerifier } from './verify.ts'

export const consumer: Consumer = {
  id: 'git-credentials',
  title: 'git credential store',
  detector: gitCredentialsDetector,
  connector: gitCredentialsConnector,
  verifier: makeGitCredentialsVerifier(),
}
