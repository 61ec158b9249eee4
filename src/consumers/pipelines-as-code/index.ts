import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import type { KubernetesObject } from '../kubernetes-objects.ts'
import { inReferredSecrets, objectsOfKind, type ReferredUse, whomIn } from '../kubernetes-secrets.ts'

/** The entry when the Repository names none. */
const ENTRY = 'provider.token'

function usesOf(objects: readonly KubernetesObject[]): readonly ReferredUse[] {
  return objectsOfKind(objects, /^pipelinesascode\.tekton\.dev$/, 'Repository').flatMap((repository) => {
    const whom = whomIn(repository.at('spec', 'url'))
    if (whom === undefined) return []
    const provider = ['spec', 'git_provider'] as const
    const of = repository.textAt(...provider, 'secret', 'name')
    const secret = repository.textAt(...provider, 'secret', 'key') || ENTRY
    const username = repository.at(...provider, 'user')?.value
    const use = { of, by: repository, whom, secret, operations: ['rest', 'git-fetch'] as const }
    return [username === undefined ? use : { ...use, username }]
  })
}

export const consumer: Consumer = {
  id: 'pipelines-as-code',
  title: 'Pipelines as Code (Tekton)',
  detector: fieldDetector({
    consumer: 'pipelines-as-code',
    keywords: ['pipelinesascode'],
    more: [inReferredSecrets(usesOf)],
  }),
}
