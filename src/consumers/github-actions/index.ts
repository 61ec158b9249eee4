import type { Consumer } from '../../model/consumer.ts'
import { pipelineDetector } from '../pipeline-files.ts'

export const consumer: Consumer = {
  id: 'github-actions',
  title: 'GitHub Actions',
  detector: pipelineDetector({
    consumer: 'github-actions',
    files: /(?:^|[\\/])(?:\.(?:github|gitea|forgejo)[\\/](?:workflows[\\/][^\\/]+|actions[\\/].+)|action)\.ya?ml$/,
    inputs: /^with$/,
  }),
}
