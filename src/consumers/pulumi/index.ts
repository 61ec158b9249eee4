import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'

export const consumer: Consumer = {
  id: 'pulumi',
  title: 'Pulumi provider for Bitbucket',
  detector: fieldDetector({
    consumer: 'pulumi',
    keywords: ['bitbucket:'],
    // `Pulumi.<stack>.yaml`; a value in plain text is one that was set without `--secret`.
    fields: [{ secret: 'config/bitbucket:password', username: ['config/bitbucket:username'], operations: ['rest'] }],
  }),
}
