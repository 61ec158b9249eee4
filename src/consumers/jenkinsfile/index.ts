import type { Consumer } from '../../model/consumer.ts'
import { pipelineDetector } from '../pipeline-files.ts'

export const consumer: Consumer = {
  id: 'jenkinsfile',
  title: 'Jenkinsfile',
  detector: pipelineDetector({
    consumer: 'jenkinsfile',
    files:
      /(?:^|[\\/])(?:jenkinsfile[\w.-]*|[\w.-]+\.jenkinsfile|(?:vars|src|jobs?|pipelines?)[\\/](?:[\w.-]+[\\/])*[\w.-]+\.groovy)$/i,
  }),
}
