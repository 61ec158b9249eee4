import { byteText } from '../../formats/byte-text.ts'
import type { Judgement } from '../../model/judgement.ts'
import type { Span } from '../../model/place.ts'
import type { FileJudge } from '../../system/bulk-files.ts'
import { areAllIn } from '../judges.ts'

/**
 * A module of Go is called by its address (go.dev/ref/mod, "Module paths"), so that where the code of a company lies at Bitbucket each of
 * its files names Bitbucket, and means nothing by it.
 */
const IMPORT =
  /^[ \t]*(?:import[ \t]+)?(?:[\w.]+[ \t]+)?("bitbucket\.org\/[\w./~-]+")[ \t]*;?[ \t]*(?:\/\/[^\n"]*)?\r?$/gm
/** What a program that signs in somewhere says. */
const TELLING =
  /passw|passphrase|\bpass\b|\bpwd\b|secret|api_?key|token|credential|basic_?auth|userinfo|getenv|lookupenv|environ\b|authori[sz]ation|bearer|netrc|askpass|[\s"']-[a-z]*[ua]\b|--(?:user|auth|http-user)\b|:\/\/[^\s"/@]*:[^\s"/@]*@/i

/**
 * Judges files of Go that name Bitbucket in nothing but the paths of their imports, and that sign in nowhere; everything else is left to the
 * detectors.
 */
export const goImportJudge: FileJudge = (path, bytes, nextHit): Judgement | undefined => {
  if (!path.endsWith('.go')) return undefined
  const text = byteText(bytes)
  const paths = [...text.matchAll(IMPORT)].map(({ 0: line, 1: quoted = '', index }): Span => {
    const start = index + line.indexOf(quoted)
    return [start, start + quoted.length]
  })
  return areAllIn(paths, nextHit) && !TELLING.test(text) ? { consumer: 'program', demands: [] } : undefined
}
