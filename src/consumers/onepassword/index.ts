import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { inItems } from './detect.ts'

export const consumer: Consumer = {
  id: 'onepassword',
  title: '1Password and Bitwarden',
  unwritten: 'it is a copy of what the password manager holds; change the item there, then delete the copy',
  detector: fieldDetector({
    consumer: 'onepassword',
    keywords: ['"urls"', '"login"'],
    // An export of all that Bitwarden holds.
    says: /"encrypted"[ \t]*:[ \t]*false\b/,
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
