import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'

/** `atlassian/…`, `bitbucketpipelines/…`, also with `docker://` and of a version. */
const PIPE = /^(?:docker:\/\/)?(?:atlassian|bitbucketpipelines)\/[\w.-]+/
/** In a script, `docker run … bitbucketpipelines/trigger-pipeline`. */
const IMAGE = /\bbitbucketpipelines\/[\w.-]+|pipe:\s*["']?(?:docker:\/\/)?(?:atlassian|bitbucketpipelines)\//

const pipe = (secret: string, username?: string) => ({
  secret: `**/variables/${secret}`,
  ...(username === undefined ? {} : { username: [`**/variables/${username}`] }),
  where: [['**/pipe', PIPE]] as const,
  operations: ['rest'] as const,
})

export const consumer: Consumer = {
  id: 'bitbucket-pipes',
  title: 'Bitbucket Pipes',
  detector: fieldDetector({
    consumer: 'bitbucket-pipes',
    keywords: ['pipe:', 'bitbucketpipelines/'],
    fields: [
      pipe('BITBUCKET_APP_PASSWORD', 'BITBUCKET_USERNAME'),
      pipe('BITBUCKET_API_TOKEN', 'BITBUCKET_USERNAME'),
      pipe('BITBUCKET_ACCESS_TOKEN'),
      // Pipes before they were renamed.
      pipe('APP_PASSWORD', 'ACCOUNT'),
    ],
    variables: [
      {
        variable: 'BITBUCKET_APP_PASSWORD',
        username: ['BITBUCKET_USERNAME'],
        needs: IMAGE,
        operations: ['rest'],
      },
      { variable: 'BITBUCKET_ACCESS_TOKEN', needs: IMAGE, operations: ['rest'] },
    ],
  }),
}
