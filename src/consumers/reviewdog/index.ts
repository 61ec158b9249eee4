import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'

export const consumer: Consumer = {
  id: 'reviewdog',
  title: 'reviewdog',
  detector: fieldDetector({
    consumer: 'reviewdog',
    keywords: ['reviewdog'],
    variables: [
      {
        variable: 'BITBUCKET_PASSWORD',
        username: ['BITBUCKET_USER'],
        where: [['BITBUCKET_USER', /./]],
        needs: /\breviewdog\b/,
        operations: ['rest'],
      },
      { variable: 'BITBUCKET_ACCESS_TOKEN', needs: /\breviewdog\b/, operations: ['rest'] },
    ],
  }),
}
