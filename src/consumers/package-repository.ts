import { addressIn } from './bitbucket-address.ts'
import { isRestHost } from './bitbucket-hosts.ts'
import { type Whom, whomOf } from './field-detector.ts'

export interface PackageRepository {
  readonly whom: Whom
  readonly operations: readonly ['rest' | 'web']
}

/** A repository of packages that Bitbucket serves: its files are downloaded from either host, and git is never asked for them. */
export function packageRepositoryAt(url: string): PackageRepository | undefined {
  const whom = whomOf(url)
  if (whom === undefined) return undefined
  const repository = whom.repository ?? addressIn(url)?.repository
  return {
    whom: { host: whom.host, ...(repository === undefined ? {} : { repository }) },
    operations: [isRestHost(whom.host) ? 'rest' : 'web'],
  }
}
