import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { inPrograms } from './detect.ts'

export const consumer: Consumer = {
  id: 'program',
  title: 'a program',
  detector: {
    ...fieldDetector({ consumer: 'program', keywords: ['itbucket', 'BITBUCKET'], more: [inPrograms] }),
    breadth: 'any program',
  },
}
