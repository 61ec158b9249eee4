import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { inCollections } from './detect.ts'

export const consumer: Consumer = {
  id: 'postman',
  title: 'Postman, Insomnia and Bruno',
  detector: fieldDetector({
    consumer: 'postman',
    keywords: ['"auth"', 'authentication', 'auth:'],
    // An export of Insomnia bears the second.
    says: /schema\.(?:get)?postman\.com|"__export_format"/,
    fields: [
      // A resource of an Insomnia export.
      {
        secret: '**/authentication/password',
        username: ['**/authentication/username'],
        host: ['**/url'],
        operations: ['rest'],
      },
      {
        secret: '**/authentication/token',
        host: ['**/url'],
        where: [['**/authentication/type', /^bearer$/]],
        operations: ['rest'],
      },
    ],
    more: [inCollections],
  }),
}
