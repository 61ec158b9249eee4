import type { Repository } from '../model/use.ts'

/** The cheapest question of REST: the repository itself, or the caller when no repository is known. */
export function restPath(repository: Repository | undefined): string {
  if (repository === undefined) return '/2.0/user'
  return `/2.0/repositories/${encodeURIComponent(repository.workspace)}/${encodeURIComponent(repository.slug)}`
}
