import type { Consumer } from '../../model/consumer.ts'
import { tokenDetector } from './detect.ts'

export const consumer: Consumer = { id: 'token', title: 'a token by itself', detector: tokenDetector }
