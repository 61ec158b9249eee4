import type { Consumer } from '../../model/consumer.ts'
import { pipelineDetector } from '../pipeline-files.ts'

export const consumer: Consumer = {
  id: 'gitlab-ci',
  title: 'GitLab CI',
  detector: pipelineDetector({
    consumer: 'gitlab-ci',
    files: /(?:^|[\\/])(?:[\w.-]*\.gitlab-ci[\w.-]*|\.gitlab[\\/].+|\.gitlab-ci[\\/].+)\.ya?ml$/,
  }),
}
