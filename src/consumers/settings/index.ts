import type { Consumer } from '../../model/consumer.ts'
import { settingsDetector } from './detect.ts'

export const consumer: Consumer = { id: 'settings', title: 'a setting', detector: settingsDetector }
