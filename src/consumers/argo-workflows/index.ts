import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { inReferences } from '../kubernetes-references.ts'

export const consumer: Consumer = {
  id: 'argo-workflows',
  title: 'Argo Workflows',
  detector: fieldDetector({
    consumer: 'argo-workflows',
    keywords: ['passwordSecret'],
    more: [
      inReferences([
        {
          secret: '**/git/passwordSecret',
          username: { reference: '**/git/usernameSecret' },
          name: 'name',
          host: '**/git/repo',
          operations: ['git-fetch'],
        },
      ]),
    ],
  }),
}
