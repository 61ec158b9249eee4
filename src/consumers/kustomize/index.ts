import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { urlsOfFiles } from '../own-urls.ts'

const FILES = /(^|[\\/])kustomization(\.ya?ml)?$/i

export const consumer: Consumer = {
  id: 'kustomize',
  title: 'Kustomize',
  detector: fieldDetector({ consumer: 'kustomize', keywords: ['bitbucket.org'], more: [urlsOfFiles(FILES)] }),
}
