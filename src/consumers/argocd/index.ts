import type { Consumer } from '../../model/consumer.ts'
import { inCommands } from '../command-options.ts'
import { fieldDetector, whomOf } from '../field-detector.ts'
import { entryText, type KubernetesObject, labelOf } from '../kubernetes-objects.ts'
import { inSecrets, type SecretUse } from '../kubernetes-secrets.ts'

/** The handler of webhooks asks REST with the credential of the repository. */
const OPERATIONS = ['git-fetch', 'rest'] as const

function usesOf(secret: KubernetesObject): readonly SecretUse[] {
  if (!/^repo(sitory(-write)?|-(write-)?creds)$/.test(labelOf(secret, 'argocd.argoproj.io/secret-type'))) return []
  const whom = whomOf(entryText(secret, 'url'))
  if (whom === undefined) return []
  return [
    { whom, secret: 'password', username: 'username', operations: OPERATIONS },
    { whom, secret: 'bearerToken', operations: OPERATIONS },
  ]
}

export const consumer: Consumer = {
  id: 'argocd',
  title: 'Argo CD',
  detector: fieldDetector({
    consumer: 'argocd',
    keywords: ['argocd', 'repositories', 'credentialTemplates'],
    fields: [
      // Values of the Helm chart. Others have lists of repositories, too: Helm itself, helmfile.
      ...['configs/repositories', 'credentialTemplates', 'repositoryCredentials'].map((list) => ({
        secret: `**/${list}/*/password`,
        username: [`**/${list}/*/username`],
        host: [`**/${list}/*/url`],
        operations: OPERATIONS,
      })),
      // The Terraform provider argoproj-labs/argocd.
      ...['argocd_repository', 'argocd_repository_credentials'].map((resource) => ({
        secret: `resource/${resource}/*/password`,
        username: [`resource/${resource}/*/username`],
        host: [`resource/${resource}/*/repo`, `resource/${resource}/*/url`],
        operations: OPERATIONS,
      })),
    ],
    more: [
      inSecrets(usesOf),
      inCommands([
        {
          command: /\bargocd\s+(?:repo|repocreds)\s+add\b/g,
          secret: ['--password'],
          username: ['--username'],
          operations: OPERATIONS,
        },
      ]),
    ],
  }),
}
