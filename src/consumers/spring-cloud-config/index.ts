import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { inServerSettings } from './detect.ts'

export const consumer: Consumer = {
  id: 'spring-cloud-config',
  title: 'Spring Cloud Config',
  detector: fieldDetector({ consumer: 'spring-cloud-config', keywords: ['bitbucket.org'], more: [inServerSettings] }),
}
