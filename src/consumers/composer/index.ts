import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'

export const consumer: Consumer = {
  id: 'composer',
  title: 'Composer',
  detector: fieldDetector({
    consumer: 'composer',
    keywords: ['http-basic', 'bearer'],
    fields: [
      // auth.json, the `config` of composer.json, and COMPOSER_AUTH, which is the same JSON in a variable.
      {
        secret: '**/http-basic/{host}/password',
        username: ['**/http-basic/{host}/username'],
        operations: ['rest', 'git-fetch'],
      },
      { secret: '**/bearer/{host}', operations: ['rest'] },
    ],
  }),
}
