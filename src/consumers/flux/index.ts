import type { Consumer } from '../../model/consumer.ts'
import { inCommands } from '../command-options.ts'
import { fieldDetector } from '../field-detector.ts'
import type { KubernetesObject } from '../kubernetes-objects.ts'
import { inReferredSecrets, objectsOfKind, type ReferredUse, whomIn } from '../kubernetes-secrets.ts'

/** A GitRepository of the same file names the Secret; image automation pushes with it. */
function usesOf(objects: readonly KubernetesObject[]): readonly ReferredUse[] {
  const automations = objectsOfKind(objects, /^image\.toolkit\.fluxcd\.io$/, 'ImageUpdateAutomation')
  const pushed = new Set(automations.map((each) => each.textAt('spec', 'sourceRef', 'name')))
  return objectsOfKind(objects, /^source\.toolkit\.fluxcd\.io$/, 'GitRepository').flatMap((repository) => {
    const whom = whomIn(repository.at('spec', 'url'))
    if (whom === undefined) return []
    const of = repository.textAt('spec', 'secretRef', 'name')
    const operations = pushed.has(repository.name) ? (['git-fetch', 'git-push'] as const) : (['git-fetch'] as const)
    return [
      { of, by: repository, whom, secret: 'password', username: 'username', operations },
      { of, by: repository, whom, secret: 'bearerToken', operations },
    ]
  })
}

export const consumer: Consumer = {
  id: 'flux',
  title: 'Flux',
  detector: fieldDetector({
    consumer: 'flux',
    keywords: ['fluxcd', 'flux'],
    // `git = { url = …, http = { … } }` of the Terraform provider fluxcd/flux, and the block of its older versions.
    fields: [
      {
        secret: 'provider/flux/git/http/password',
        username: ['provider/flux/git/http/username'],
        host: ['provider/flux/git/url'],
        operations: ['git-fetch', 'git-push'],
      },
    ],
    more: [
      inReferredSecrets(usesOf),
      inCommands([
        {
          command: /\bflux\s+create\s+secret\s+git\b/g,
          secret: ['--password', '-p'],
          username: ['--username', '-u'],
          host: ['--url'],
          operations: ['git-fetch'],
        },
        {
          command: /\bflux\s+bootstrap\s+git\b/g,
          secret: ['--password', '-p'],
          username: ['--username', '-u'],
          host: ['--url'],
          operations: ['git-fetch', 'git-push'],
        },
      ]),
    ],
  }),
}
