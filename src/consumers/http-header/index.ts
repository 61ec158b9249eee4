import type { Consumer } from '../../model/consumer.ts'
import { httpHeaderDetector } from './detect.ts'

export const consumer: Consumer = { id: 'http-header', title: 'an Authorization header', detector: httpHeaderDetector }
