import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import type { KubernetesObject } from '../kubernetes-objects.ts'
import { inReferredSecrets, objectsOfKind, type ReferredUse } from '../kubernetes-secrets.ts'

function usesOf(objects: readonly KubernetesObject[]): readonly ReferredUse[] {
  return objectsOfKind(objects, /^notification\.toolkit\.fluxcd\.io$/, 'Provider')
    .filter((provider) => provider.textAt('spec', 'type') === 'bitbucket')
    .map((provider) => ({
      of: provider.textAt('spec', 'secretRef', 'name'),
      by: provider,
      whom: { host: 'api.bitbucket.org' },
      secret: 'token',
      form: 'pair',
      operations: ['rest'],
    }))
}

export const consumer: Consumer = {
  id: 'flux-notification',
  title: 'Flux notifications',
  detector: fieldDetector({
    consumer: 'flux-notification',
    keywords: ['notification.toolkit.fluxcd.io'],
    more: [inReferredSecrets(usesOf)],
  }),
}
