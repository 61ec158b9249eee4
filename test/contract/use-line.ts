import type { Place } from '../../src/model/place.ts'
import type { Use } from '../../src/model/use.ts'

/** A use as a case writes it down: `rest write acme/app by ci/push.sh line 3`. */
export function useLine({ operation, access, repository, workspace, by }: Use): string {
  const where =
    repository === undefined ? workspace && `workspace ${workspace}` : `${repository.workspace}/${repository.slug}`
  return [operation, access, where, `by ${by}`].filter((part) => part !== undefined).join(' ')
}

/** The uses of a place; behind a guess stands why it is one. */
export function useLines({ uses, unresolved }: Pick<Place, 'uses' | 'unresolved'>): readonly string[] {
  return uses.map((use) => `${useLine(use)}${unresolved === undefined ? '' : `? ${unresolved}`}`)
}
