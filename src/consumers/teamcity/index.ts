import type { Consumer } from '../../model/consumer.ts'
import { pipelineDetector } from '../pipeline-files.ts'
import { inKotlin } from './kotlin.ts'
import { inProperties } from './properties.ts'

export const consumer: Consumer = {
  id: 'teamcity',
  title: 'TeamCity',
  detector: pipelineDetector({
    consumer: 'teamcity',
    files:
      /(?:^|[\\/])(?:\.teamcity[\\/].+|.*teamcity.*|settings\.kts|project-config\.xml|config[\\/]projects[\\/].+\.xml|(?:vcsRoots|buildTypes)[\\/][\w.-]+\.(?:xml|kts?))$/i,
    more: [inKotlin, inProperties],
  }),
}
