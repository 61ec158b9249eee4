import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { SIGNS } from '../signs.ts'

export const consumer: Consumer = {
  id: 'bbucket-cli',
  title: 'bbucket-cli',
  detector: fieldDetector({
    consumer: 'bbucket-cli',
    files: /(?:^|[\\/])\.bb-cli-config\.json$/,
    keywords: SIGNS,
    fields: [
      { secret: '**/api_token', username: ['**/email'], operations: ['rest'] },
      // Before API tokens.
      ...['appPassword', 'app_password', 'apiToken'].map((name) => ({
        secret: `**/${name}`,
        username: ['**/email', '**/username'],
        operations: ['rest'] as const,
      })),
    ],
  }),
}
