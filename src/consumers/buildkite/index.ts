import type { Consumer } from '../../model/consumer.ts'
import { pipelineDetector } from '../pipeline-files.ts'

export const consumer: Consumer = {
  id: 'buildkite',
  title: 'Buildkite',
  detector: pipelineDetector({
    consumer: 'buildkite',
    files:
      /(?:^|[\\/])(?:\.buildkite[\\/].+|buildkite-agent[\\/](?:hooks[\\/][\w.-]+|[\w.-]+\.cfg)|buildkite[\w.-]*\.(?:ya?ml|json))$/,
    // The key is the plug-in with its version: `org/name#v1.2.3`.
    inputs: /#v?\d|-buildkite-plugin/,
  }),
}
