import type { Consumer } from '../../model/consumer.ts'
import { CLOUD_OR_NOTHING } from '../cloud-address.ts'
import { type FieldRule, fieldDetector } from '../field-detector.ts'

const BLOCK = '**/BitBucketCredentials()'

export const consumer: Consumer = {
  id: 'prefect',
  title: 'Prefect',
  detector: fieldDetector({
    consumer: 'prefect',
    keywords: ['BitBucketCredentials', 'git_clone', 'GitRepository', 'bitbucket-credentials'],
    fields: [
      ...['', '/SecretStr()/0'].flatMap((wrapped): readonly FieldRule[] => [
        {
          secret: `${BLOCK}/password${wrapped}`,
          username: [`${BLOCK}/username`],
          where: [[`${BLOCK}/url`, CLOUD_OR_NOTHING]],
          operations: ['rest', 'git-fetch'],
        },
        {
          secret: `${BLOCK}/token${wrapped}`,
          username: [`${BLOCK}/username`],
          form: 'pair or secret',
          where: [[`${BLOCK}/url`, CLOUD_OR_NOTHING]],
          operations: ['git-fetch'],
        },
      ]),
      {
        secret: '**/GitRepository()/credentials/access_token',
        username: ['**/GitRepository()/credentials/username'],
        form: 'pair or secret',
        host: ['**/GitRepository()/url'],
        operations: ['git-fetch'],
      },
      // A step of prefect.yaml.
      {
        secret: '**/prefect.deployments.steps.git_clone/access_token',
        form: 'pair or secret',
        host: ['**/prefect.deployments.steps.git_clone/repository'],
        operations: ['git-fetch'],
      },
    ],
  }),
}
