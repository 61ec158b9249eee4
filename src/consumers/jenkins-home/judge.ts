import { byteText } from '../../formats/byte-text.ts'
import { readXml } from '../../formats/xml.ts'
import type { Judgement } from '../../model/judgement.ts'
import { tokenTextsIn } from '../../model/token-text.ts'
import type { FileJudge } from '../../system/bulk-files.ts'
import { areAllIn } from '../judges.ts'
import { buildRecordAt, explainedInRecord } from './build-records.ts'
import { demandsOf, elementsIn, readingOf } from './elements.ts'
import { explainedIn } from './explained.ts'

/**
 * Judges the jobs of a Jenkins home and the records of their builds, of which it has thousands and which hold no credential; everything else
 * is left to the detectors. `isThere` tells whether there is a file.
 */
export function jenkinsHomeJudge(isThere: (path: string) => boolean): FileJudge {
  return (path, bytes, nextHit): Judgement | undefined => {
    const record = buildRecordAt(path)
    if (record !== undefined) {
      const explained = explainedInRecord(record, byteText(bytes))
      return explained !== undefined && areAllIn(explained, nextHit) ? NOTHING : undefined
    }
    const file = readingOf(path, isThere)
    if (file?.kind !== 'item' || tokenTextsIn(bytes).length > 0) return undefined
    const xml = readXml(bytes)
    if (xml.kind === 'malformed') return undefined
    const read = elementsIn(path, file, xml.root)
    const holdsSecrets = read.credentials.length > 0 || read.urls.some(({ url }) => url.userinfo !== undefined)
    const explained = holdsSecrets ? undefined : explainedIn(read)
    if (explained === undefined || !areAllIn(explained, nextHit)) return undefined
    return { consumer: 'jenkins-home', demands: demandsOf(read) }
  }
}

const NOTHING: Judgement = { consumer: 'jenkins-home', demands: [] }
