import type { Buried, Introducing } from '../../model/place.ts'
import { count } from './text.ts'

const PATHS_TOLD = 3

/** What is said of a place that no plan changes: `in history since 1a2b3c4d5e of 2024-05-06`. */
export function buriedWords(buried: Buried): string {
  if (buried.kind === 'archive') return 'in an archive'
  const { commits, commitCount, lastCommit, versions } = buried
  const [first] = commits
  if (first === undefined || lastCommit === undefined) {
    const many = versions > 1 ? ` (${count(versions, 'version')})` : ''
    return `in history without a commit${many}${alsoAt(buried)}`
  }
  if (commitCount === 1) return `in history since ${words(first)}${alsoAt(buried)}`
  return `in ${count(commitCount, 'commit')} of history, first ${words(first)}, last ${words(lastCommit)}${alsoAt(buried)}`
}

function words({ id, authoredAt }: Introducing): string {
  return `${id.slice(0, 10)} of ${authoredAt.slice(0, 10)}`
}

/** The place itself is shown under the first path of its oldest version. */
function alsoAt({ commits, paths, pathCount }: Extract<Buried, { kind: 'history' }>): string {
  const shown = commits[0]?.path ?? paths[0]
  const others = paths.filter((path) => path !== shown).slice(0, PATHS_TOLD)
  const rest = pathCount - 1 - others.length
  if (others.length === 0) return ''
  return `; also as ${others.join(', ')}${rest > 0 ? ` and ${rest.toLocaleString('en-US')} more` : ''}`
}
