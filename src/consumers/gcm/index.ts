import type { Consumer } from '../../model/consumer.ts'
import { gcmDetector } from './detect.ts'

export const consumer: Consumer = { id: 'gcm', title: 'Git Credential Manager', detector: gcmDetector }
