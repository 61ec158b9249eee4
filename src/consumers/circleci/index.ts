import type { Consumer } from '../../model/consumer.ts'
import { pipelineDetector } from '../pipeline-files.ts'

export const consumer: Consumer = {
  id: 'circleci',
  title: 'CircleCI',
  detector: pipelineDetector({
    consumer: 'circleci',
    files: /(?:^|[\\/])\.circleci[\\/].+\.ya?ml$/,
    inputs: /^(?:with|parameters)$|^[a-z][\w-]*\/[\w-]+$/,
  }),
}
