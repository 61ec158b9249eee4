import type { Consumer } from '../../model/consumer.ts'
import { curlDetector } from './detect.ts'

export const consumer: Consumer = { id: 'curl', title: 'curl', detector: curlDetector }
