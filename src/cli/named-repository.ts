import { type Keyturn, parseRepositoryUrl } from '../index.ts'
import { Failure } from '../model/failure.ts'
import type { Repository } from '../model/use.ts'

/** The repository that a URL on the command line names, or `WORKSPACE/NAME`. */
export function namedRepository(text: string, { context }: Keyturn): Repository {
  const url = /^[\w.-]+\/[\w.-]+$/.test(text) ? `https://bitbucket.org/${text}` : text
  const repository = parseRepositoryUrl(url, context.seal)?.repository
  if (repository !== undefined) return repository
  throw new Failure('R112', {
    because: 'the URL does not name a repository on bitbucket.org',
    next: ['Give it as https://bitbucket.org/WORKSPACE/REPOSITORY.git or as WORKSPACE/REPOSITORY'],
    exitCode: 2,
  })
}
