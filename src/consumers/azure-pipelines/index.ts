import type { Consumer } from '../../model/consumer.ts'
import { pipelineDetector } from '../pipeline-files.ts'

export const consumer: Consumer = {
  id: 'azure-pipelines',
  title: 'Azure Pipelines',
  detector: pipelineDetector({
    consumer: 'azure-pipelines',
    files: /(?:^|[\\/])(?:\.?azure-?pipelines?[\w.-]*|\.?azure-?(?:pipelines?|devops)[\\/].+|\.vsts-ci)\.ya?ml$/,
    inputs: /^inputs$/,
  }),
}
