import type { Consumer } from '../../model/consumer.ts'
import { pipelineDetector } from '../pipeline-files.ts'

export const consumer: Consumer = {
  id: 'drone',
  title: 'Drone',
  detector: pipelineDetector({
    consumer: 'drone',
    files: /(?:^|[\\/])\.drone(?:\.[\w-]+)?\.(?:ya?ml|json|jsonnet|star)$/,
    inputs: /^settings$/,
  }),
}
