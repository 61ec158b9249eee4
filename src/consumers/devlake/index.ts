import type { Consumer } from '../../model/consumer.ts'
import { type FieldRule, fieldDetector } from '../field-detector.ts'
import { inJsonArguments } from '../json-arguments.ts'

const CONNECTIONS: readonly FieldRule[] = [
  {
    secret: '**/password',
    username: ['**/username'],
    host: ['**/endpoint'],
    needs: /usesApiToken|rateLimitPerHour|devlake/i,
    operations: ['rest', 'git-fetch'],
  },
]

export const consumer: Consumer = {
  id: 'devlake',
  title: 'Apache DevLake',
  detector: fieldDetector({
    consumer: 'devlake',
    keywords: ['endpoint'],
    fields: CONNECTIONS,
    more: [inJsonArguments(CONNECTIONS)],
  }),
}
