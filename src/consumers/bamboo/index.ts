import type { Consumer } from '../../model/consumer.ts'
import { pipelineDetector } from '../pipeline-files.ts'
import { inSpecs } from './specs.ts'

export const consumer: Consumer = {
  id: 'bamboo',
  title: 'Bamboo',
  detector: pipelineDetector({
    consumer: 'bamboo',
    files:
      /(?:^|[\\/])bamboo(?:-specs)?[\\/].+|(?:^|[\\/])\w*bamboo[\w.-]*\.ya?ml$|(?:Spec|Plan|Plans|Specs|Project)\.(?:java|kt)$/,
    fields: [
      // `repositories: - app: {type: git, url, username, password}` of YAML specs.
      {
        secret: '**/repositories/*/*/password',
        username: ['**/repositories/*/*/username', '**/repositories/*/*/user'],
        host: ['**/repositories/*/*/url'],
        operations: ['git-fetch'],
      },
      // The type for Bitbucket Cloud has a slug instead of a URL, and asks REST for it.
      {
        secret: '**/repositories/*/*/password',
        username: ['**/repositories/*/*/username', '**/repositories/*/*/user'],
        where: [['**/repositories/*/*/type', /^(?:bb|bitbucket)(?:-?cloud)?$/i]],
        operations: ['rest', 'git-fetch'],
      },
    ],
    more: [inSpecs],
  }),
}
