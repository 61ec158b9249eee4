import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { inMaterials } from './materials.ts'

/** Materials of git in cruise-config.xml, and in pipelines as code in YAML and JSON (docs.gocd.org, configuration reference). */
export const consumer: Consumer = {
  id: 'gocd',
  title: 'GoCD',
  detector: fieldDetector({
    consumer: 'gocd',
    keywords: ['<cruise', 'materials', 'format_version', '<git ', '<pipeline'],
    says: /<cruise[\s>]/,
    fields: [
      {
        secret: '**/materials/*/password',
        username: ['**/materials/*/username'],
        host: ['**/materials/*/git', '**/materials/*/url'],
        operations: ['git-fetch'],
      },
    ],
    more: [inMaterials],
  }),
}
