import type { Consumer } from '../../model/consumer.ts'
import { urlUserinfoDetector } from './detect.ts'

export const consumer: Consumer = { id: 'url-userinfo', title: 'a URL in a file', detector: urlUserinfoDetector }
