import type { Consumer } from '../../model/consumer.ts'
import { gitConfigConnector } from './connect.ts'
import { gitConfigDetector } from './detect.ts'
import { makeGitConfigVerifier } from './verify.ts'

export const consumer: Consumer = {
  id: 'git-config',
  title: 'git configuration',
  detector: gitConfigDetector,
  connector: gitConfigConnector,
  verifier: makeGitConfigVerifier(),
}
