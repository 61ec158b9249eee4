import type { Repository } from '../model/use.ts'
import type { Subject } from './facts.ts'

/** The cheapest question of REST: the repository itself, the list of a workspace that is scanned, or the caller. */
export function restPath(repository: Repository | undefined, workspace?: string): string {
  if (repository === undefined)
    return workspace === undefined ? '/2.0/user' : `/2.0/repositories/${encodeURIComponent(workspace)}`
  return `/2.0/repositories/${encodeURIComponent(repository.workspace)}/${encodeURIComponent(repository.slug)}`
}

/** What the tool asks, as far as that is known. */
export function askedPath({ restPath: given, question, repository, workspace }: Subject): string {
  return given ?? question ?? restPath(repository, workspace)
}
