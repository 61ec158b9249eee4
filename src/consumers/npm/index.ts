import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { urlsOfFiles } from '../own-urls.ts'

/** Manifests, lock files and settings; the lock file in `node_modules` too. */
const FILES =
  /(^|[\\/])(package\.(json5?|ya?ml)|\.?package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-(lock|workspace)\.yaml|bun\.lock|\.?npmrc|\.yarnrc(\.yml)?|bower\.json)$/i

export const consumer: Consumer = {
  id: 'npm',
  title: 'npm, Yarn and pnpm',
  detector: fieldDetector({ consumer: 'npm', keywords: ['bitbucket.org'], more: [urlsOfFiles(FILES)] }),
}
