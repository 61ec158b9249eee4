import { ok, type RepositoryBehaviour } from '../call.ts'
import { repositoryResource } from '../rest-resources.ts'

export const repositories: Readonly<Record<string, RepositoryBehaviour>> = {
  'GET ~R': ({ repository }) => ok(repositoryResource(repository)),
}
