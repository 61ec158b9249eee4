import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { inConstructors } from './constructors.ts'
import { inElements } from './elements.ts'
import { inFolders } from './folders.ts'

export const consumer: Consumer = {
  id: 'jenkins-scripts',
  title: 'Jenkins scripts (init.groovy, Job DSL, command line)',
  detector: fieldDetector({
    consumer: 'jenkins-scripts',
    keywords: ['CredentialsImpl'],
    more: [inConstructors, inElements, inFolders],
  }),
}
