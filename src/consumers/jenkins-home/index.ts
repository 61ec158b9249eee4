import type { Consumer } from '../../model/consumer.ts'
import { jenkinsHomeConnector } from './connect.ts'
import { jenkinsHomeDetector } from './detect.ts'
import { makeJenkinsHomeVerifier } from './verify.ts'

export const consumer: Consumer = {
  id: 'jenkins-home',
  title: 'Jenkins home (files of a stopped controller)',
  detector: jenkinsHomeDetector,
  connector: jenkinsHomeConnector,
  verifier: makeJenkinsHomeVerifier(),
}
