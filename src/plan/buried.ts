import type { Buried, Place } from '../model/place.ts'
import type { Plan } from '../model/plan.ts'
import type { SecretKind } from '../model/secret.ts'

type Manual = Omit<Plan['manual'][number], 'place'>
type Kept = Omit<Plan['kept'][number], 'place'>

/** How the owner makes it worthless. An app password is that already. */
export const REVOKE: Readonly<Record<Exclude<SecretKind, 'app-password'>, string>> = {
  'api-token': 'Its owner revokes the token at https://id.atlassian.com/manage-profile/security/api-tokens.',
  'access-token': 'Revoke the token in the settings of its repository, project or workspace, under Access tokens.',
  'oauth-token': 'It ends by itself within hours; revoke what it was made with.',
  'oauth-consumer': 'Make a new secret for the consumer in the settings of the workspace, under OAuth consumers.',
  'account-password': 'Its owner changes the password of the account.',
  unknown: 'Find out what it opens, and make it worthless there.',
}

/**
 * What stands in a history or in an archive stays there: keyturn rewrites neither, since others hold copies that it cannot reach.
 * What counts is that the secret opens nothing any more.
 */
export function buriedEntry({ secret }: Place, buried: Buried): Manual | Kept {
  const where = buried.kind === 'archive' ? 'it lies in an archive' : 'it stands in the history of git'
  const kind = secret?.kind ?? 'unknown'
  if (kind === 'app-password') return { reason: `${where}; app passwords ended on 2026-07-28, so it opens nothing` }
  return { reason: `${where}, which keyturn does not rewrite`, wayOut: `${REVOKE[kind]} ${removal(buried)}` }
}

function removal(buried: Buried): string {
  if (buried.kind === 'archive') return 'Then delete the archive, or pack it again without the secret.'
  switch (buried.heldBy) {
    case 'ref':
      return 'To take it out of the history too: git filter-repo --replace-text FILE rewrites all commits, and everybody clones again.'
    case 'reflog':
      return 'No branch or tag holds it: git reflog expire --expire=now --all, then git gc --prune=now, takes it out here.'
    case 'index':
      return 'It was staged and never committed: git restore --staged FILE, then git gc --prune=now, takes it out here.'
    case 'nothing':
      return 'Nothing leads to it: git gc --prune=now takes it out here.'
  }
}
