import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { inCredentialVariables } from './detect.ts'

const PUSH = ['git-fetch', 'git-push'] as const
const TOLD = /semantic-release/

export const consumer: Consumer = {
  id: 'semantic-release',
  title: 'semantic-release',
  detector: fieldDetector({
    consumer: 'semantic-release',
    keywords: ['TOKEN', 'GIT_CREDENTIALS'],
    variables: ['BB_TOKEN', 'BITBUCKET_TOKEN'].map((variable) => ({
      variable,
      fixedUsername: 'x-token-auth',
      needs: TOLD,
      operations: PUSH,
    })),
    more: [inCredentialVariables],
  }),
}
