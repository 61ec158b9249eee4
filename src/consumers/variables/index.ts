import type { Consumer } from '../../model/consumer.ts'
import { variablesDetector } from './detect.ts'

export const consumer: Consumer = { id: 'variables', title: 'a variable', detector: variablesDetector }
