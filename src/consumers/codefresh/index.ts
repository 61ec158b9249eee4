import type { Consumer } from '../../model/consumer.ts'
import { inCommands } from '../command-options.ts'
import { pipelineDetector } from '../pipeline-files.ts'

const AUTH = '**/spec/data/auth'

export const consumer: Consumer = {
  id: 'codefresh',
  title: 'Codefresh',
  detector: pipelineDetector({
    consumer: 'codefresh',
    files: /(?:^|[\\/])(?:\.codefresh[\\/].+|[\w.-]*codefresh[\w.-]*)\.(?:ya?ml|json|sh)$/i,
    inputs: /^arguments$/,
    fields: [
      // A context of kind git, as `codefresh get context -o yaml --decrypt` prints it and `codefresh create -f` reads it.
      ...['password', 'appPassword', 'token'].map((name) => ({
        secret: `${AUTH}/${name}`,
        username: [`${AUTH}/username`, `${AUTH}/email`],
        where: [['**/spec/type', /^git\.bitbucket$/] as const],
        operations: ['rest', 'git-fetch'] as const,
      })),
    ],
    more: [
      inCommands([
        {
          command: /\bcodefresh\s+create\s+context\s+git\s+bitbucket\b/g,
          secret: ['--app-password', '--password', '--access-token', '-t'],
          username: ['--username', '-u', '--email'],
          whom: { host: 'api.bitbucket.org' },
          operations: ['rest', 'git-fetch'],
        },
      ]),
    ],
  }),
}
