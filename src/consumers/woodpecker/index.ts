import type { Consumer } from '../../model/consumer.ts'
import { pipelineDetector } from '../pipeline-files.ts'

export const consumer: Consumer = {
  id: 'woodpecker',
  title: 'Woodpecker CI',
  detector: pipelineDetector({
    consumer: 'woodpecker',
    files: /(?:^|[\\/])\.woodpecker(?:[\\/].+)?\.(?:ya?ml)$/,
    inputs: /^settings$/,
  }),
}
