import type { Consumer } from '../../model/consumer.ts'
import { inCommands } from '../command-options.ts'
import { fieldDetector } from '../field-detector.ts'
import { urlsOfFiles } from '../own-urls.ts'

const FILES =
  /(^|[\\/])(chart\.(ya?ml|lock)|requirements\.(ya?ml|lock)|helmfile[^\\/]*\.ya?ml(\.gotmpl)?|repositories\.ya?ml|helmfile\.d[\\/][^\\/]+\.ya?ml)$/i

/** The plugin helm-git clones what begins with `git+`, and hands git what Helm was given (aslafy-z/helm-git, setup_git_credentials). */
const SERVED = [
  {
    url: /^git\+/,
    command: /\bhelm\s+(?:repo\s+add|pull|install|upgrade|template)\b(?=(?:[^\\\n]|\\\r?\n|\\.){0,1000}git\+https?:)/g,
    operations: ['git-fetch'],
  },
  {
    url: /^(?!git\+)/,
    command: /\bhelm\s+(?:repo\s+add|pull|install|upgrade|template)\b(?!(?:[^\\\n]|\\\r?\n|\\.){0,1000}git\+https?:)/g,
    operations: ['rest'],
  },
] as const

export const consumer: Consumer = {
  id: 'helm',
  title: 'Helm and helmfile',
  detector: fieldDetector({
    consumer: 'helm',
    keywords: ['bitbucket.org'],
    fields: [
      // repositories.yaml of Helm, and the list of the same name in a helmfile. The host may be the one that serves `raw` files.
      ...SERVED.map(({ url, operations }) => ({
        secret: 'repositories/*/password',
        username: ['repositories/*/username'],
        host: ['repositories/*/url'],
        where: [['repositories/*/url', url] as const],
        needs: /^(?:generated|releases|helmDefaults|helmfiles|apiVersion):/m,
        operations,
      })),
    ],
    more: [
      urlsOfFiles(FILES),
      inCommands(
        SERVED.map(({ command, operations }) => ({
          command,
          secret: ['--password'],
          username: ['--username'],
          operations,
        })),
      ),
    ],
  }),
}
