import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { type EntryReferences, inReferences } from '../kubernetes-references.ts'

/** The generators ask REST; they may stand inside `matrix` and `merge`. */
const REFERENCES: readonly EntryReferences[] = [
  {
    secret: '**/scmProvider/bitbucket/appPasswordRef',
    username: { text: '**/scmProvider/bitbucket/user' },
    name: 'secretName',
    operations: ['rest'],
  },
  {
    secret: '**/pullRequest/bitbucket/basicAuth/passwordRef',
    username: { text: '**/pullRequest/bitbucket/basicAuth/username' },
    name: 'secretName',
    operations: ['rest'],
  },
  { secret: '**/pullRequest/bitbucket/bearerToken/tokenRef', name: 'secretName', operations: ['rest'] },
]

export const consumer: Consumer = {
  id: 'argocd-applicationset',
  title: 'Argo CD ApplicationSet',
  detector: fieldDetector({
    consumer: 'argocd-applicationset',
    keywords: ['ApplicationSet'],
    more: [inReferences(REFERENCES)],
  }),
}
