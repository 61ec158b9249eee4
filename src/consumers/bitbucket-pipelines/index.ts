import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { urlsOfFiles } from '../own-urls.ts'
import { inScripts } from './detect.ts'

const FILES = /(^|[\\/])[^\\/]*bitbucket-pipelines[^\\/]*\.ya?ml$/i

export const consumer: Consumer = {
  id: 'bitbucket-pipelines',
  title: 'Bitbucket Pipelines',
  detector: fieldDetector({
    consumer: 'bitbucket-pipelines',
    keywords: ['bitbucket', 'BITBUCKET', 'BB_', 'pipeline_variable'],
    more: [urlsOfFiles(FILES), inScripts(FILES)],
  }),
}
