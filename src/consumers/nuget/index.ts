import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { inSourceCredentials } from './detect.ts'

export const consumer: Consumer = {
  id: 'nuget',
  title: 'NuGet',
  detector: fieldDetector({ consumer: 'nuget', keywords: ['packageSourceCredentials'], more: [inSourceCredentials] }),
}
