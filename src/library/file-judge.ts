import { jenkinsHomeJudge } from '../consumers/jenkins-home/judge.ts'
import { goImportJudge } from '../consumers/program/import-judge.ts'
import type { FileJudge } from '../system/bulk-files.ts'
import { isFileAt } from '../system/read-regular.ts'

/** Judges what homes of Jenkins and sources of Go have thousands of, in whichever thread has read it. */
export function fileJudge(): FileJudge {
  const known = new Map<string, boolean>()
  const inHome = jenkinsHomeJudge((path) => {
    const isThere = known.get(path) ?? isFileAt(path)
    known.set(path, isThere)
    return isThere
  })
  return (path, bytes, nextHit) => inHome(path, bytes, nextHit) ?? goImportJudge(path, bytes, nextHit)
}
