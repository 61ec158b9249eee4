import { shapeOfText } from '../bitbucket/token-shape.ts'
import type { Confidence } from '../model/place.ts'
import type { Seal } from '../model/secret.ts'
import { isPlaceholder } from './placeholder.ts'

/** How a text stands where a secret would: absent, when it is none. */
export function secretConfidence(text: string, _seal: Seal, where: Confidence): Confidence | undefined {
  if (text.length < 6 || text.length > 4096 || /[\s\0]/.test(text) || isPlaceholder(text)) return undefined
  const { kind, checksum } = shapeOfText(text)
  if (checksum === 'fits') return { level: 'certain', reason: 'the checksum fits' }
  // The prefix without the checksum: an example, or a copy that is cut; only a store that sends it makes it a credential.
  if (checksum === 'does not fit') return where.level === 'certain' ? where : undefined
  if (/^BBDC-/.test(text)) return undefined
  if (kind === 'app-password')
    return { level: 'likely', reason: `${where.reason}, and the form of an older app password` }
  return where
}

/** Whether a text has the form of what Bitbucket issues: a whole token, or 20 letters and digits as the older app passwords have them. */
export function isIssued(text: string, _seal: Seal): boolean {
  const { kind, checksum } = shapeOfText(text)
  return (
    checksum === 'fits' || (kind === 'app-password' && checksum === 'none' && /\d/.test(text) && /[A-Za-z]/.test(text))
  )
}
