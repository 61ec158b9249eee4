import type { Consumer } from '../../model/consumer.ts'
import { inCommands } from '../command-options.ts'
import { fieldDetector } from '../field-detector.ts'
import { inSecrets } from '../kubernetes-secrets.ts'
import { inSealedSecrets, usesOf } from './uses.ts'

/** The name of the Secret says whose it is; hooks, keys and consumers of OAuth are not for this. */
const CREATED =
  /\b(?:kubectl|oc)\b[^\n]{0,200}?\bcreate[ \t]+secret[ \t]+generic[ \t\\\r\n]+(?![\w.-]*(?:hook|ssh|oauth|server|datacenter))[\w.-]*bitbucket[\w.-]*/gi

const literals = (...entries: readonly string[]): readonly string[] =>
  entries.flatMap((entry) => [`--from-literal=${entry}`, entry])

export const consumer: Consumer = {
  id: 'kubernetes-secret',
  title: 'Kubernetes Secret',
  detector: {
    ...fieldDetector({
      consumer: 'kubernetes-secret',
      says: /\bkind["']?[ \t]*:[ \t]*["']?Secret\b/,
      keywords: ['Secret', 'kubernetes_secret', 'secretGenerator', 'create secret'],
      more: [
        inSecrets(usesOf),
        inSealedSecrets,
        inCommands([
          {
            command: CREATED,
            secret: literals('password', 'token', 'appPassword', 'app-password', 'provider.token'),
            username: literals('username', 'user', 'email'),
            operations: ['git-fetch'],
            isGuess: true,
            whom: { host: 'bitbucket.org' },
          },
        ]),
      ],
    }),
    // Whoever knows what the Secret is for knows better.
    breadth: 'anywhere',
  },
}
