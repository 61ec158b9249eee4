import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'

export const consumer: Consumer = {
  id: 'n8n',
  title: 'n8n',
  detector: fieldDetector({
    consumer: 'n8n',
    keywords: ['bitbucketApi', 'bitbucketAccessTokenApi'],
    says: /"type"[ \t]*:[ \t]*"bitbucket(?:AccessToken)?Api"/,
    fields: [
      // Exported with `--decrypted`.
      {
        secret: '**/data/appPassword',
        username: ['**/data/username'],
        where: [['**/type', /^bitbucketApi$/]],
        operations: ['rest'],
      },
      {
        secret: '**/data/accessToken',
        username: ['**/data/email'],
        where: [['**/type', /^bitbucketAccessTokenApi$/]],
        operations: ['rest'],
      },
      // CREDENTIALS_OVERWRITE_DATA
      { secret: '**/bitbucketApi/appPassword', username: ['**/bitbucketApi/username'], operations: ['rest'] },
      {
        secret: '**/bitbucketAccessTokenApi/accessToken',
        username: ['**/bitbucketAccessTokenApi/email'],
        operations: ['rest'],
      },
    ],
  }),
}
