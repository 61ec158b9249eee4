import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import type { KubernetesObject } from '../kubernetes-objects.ts'
import { inReferredSecrets, objectsOfKind, type ReferredUse, whomIn } from '../kubernetes-secrets.ts'

function usesOf(objects: readonly KubernetesObject[]): readonly ReferredUse[] {
  return objectsOfKind(objects, /^fleet\.cattle\.io$/, 'GitRepo').flatMap((repository) => {
    const whom = whomIn(repository.at('spec', 'repo'))
    const of = repository.textAt('spec', 'clientSecretName')
    return whom === undefined
      ? []
      : [{ of, by: repository, whom, secret: 'password', username: 'username', operations: ['git-fetch'] as const }]
  })
}

export const consumer: Consumer = {
  id: 'rancher-fleet',
  title: 'Rancher Fleet',
  detector: fieldDetector({
    consumer: 'rancher-fleet',
    keywords: ['fleet.cattle.io'],
    more: [inReferredSecrets(usesOf)],
  }),
}
