import type { Consumer } from '../../model/consumer.ts'
import { inCommands } from '../command-options.ts'
import { fieldDetector } from '../field-detector.ts'
import { urlsOfFiles } from '../own-urls.ts'

const FILES =
  /(^|[\\/])(chart\.(ya?ml|lock)|requirements\.(ya?ml|lock)|helmfile[^\\/]*\.ya?ml(\.gotmpl)?|repositories\.ya?ml|helmfile\.d[\\/][^\\/]+\.ya?ml)$/i

export const consumer: Consumer = {
  id: 'helm',
  title: 'Helm and helmfile',
  detector: fieldDetector({
    consumer: 'helm',
    keywords: ['bitbucket.org'],
    fields: [
      // repositories.yaml of Helm, and the list of the same name in a helmfile. The host may be the one that serves `raw` files.
      {
        secret: 'repositories/*/password',
        username: ['repositories/*/username'],
        host: ['repositories/*/url'],
        needs: /^(?:generated|releases|helmDefaults|helmfiles|apiVersion):/m,
        operations: ['rest'],
      },
    ],
    more: [
      urlsOfFiles(FILES),
      inCommands([
        {
          command: /\bhelm\s+(?:repo\s+add|pull|install|upgrade|template)\b/g,
          secret: ['--password'],
          username: ['--username'],
          operations: ['rest'],
        },
      ]),
    ],
  }),
}
