import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { inItems } from './detect.ts'

export const consumer: Consumer = {
  id: 'onepassword',
  title: '1Password and Bitwarden',
  detector: fieldDetector({
    consumer: 'onepassword',
    keywords: ['"urls"', '"login"'],
    fields: [
      // An export of Bitwarden that is not encrypted.
      ...['items/*/login', 'login'].map((login) => ({
        secret: `${login}/password`,
        username: [`${login}/username`],
        host: [`${login}/uris/0/uri`, `${login}/uris/1/uri`],
        operations: ['web'] as const,
      })),
    ],
    more: [inItems],
  }),
}
