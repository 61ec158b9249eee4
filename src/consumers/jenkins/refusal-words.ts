import type { RefusalReason, UnknownReason } from '../../model/answer.ts'

export type WordsMeaning =
  | { readonly kind: 'no'; readonly reason: RefusalReason }
  | { readonly kind: 'unknown'; readonly reason: UnknownReason }

/** First match decides; what git prints for each answer of Bitbucket (docs/bitbucket-authentication.md, "Git over HTTPS"). */
const MEANINGS: readonly (readonly [RegExp, WordsMeaning])[] = [
  [
    /could not resolve host|timed out|SSL certificate problem|Proxy CONNECT aborted|error: 407|failed to connect to \S+ port/i,
    { kind: 'unknown', reason: 'network' },
  ],
  [/CHANGE-3222|app passwords are deprecated|error: 410/i, { kind: 'no', reason: 'app password removed' }],
  [/error: 429|too many/i, { kind: 'unknown', reason: 'rate limited' }],
  [/lacks? one or more required privilege scopes/i, { kind: 'no', reason: 'scope missing' }],
  [/whitelist your IP|allowlist/i, { kind: 'no', reason: 'address not allowed' }],
  [/two-step/i, { kind: 'no', reason: 'two-step verification required' }],
  [/authentication failed|not authorized/i, { kind: 'no', reason: 'unauthorized' }],
  [/error: 403|repository '?\S+'? not found/i, { kind: 'no', reason: 'no access' }],
  [/error: 5\d\d/i, { kind: 'unknown', reason: 'unexpected reply' }],
]

/** Only texts that are documented as a refusal become a `no`. */
export function meaningOf(words: string): WordsMeaning {
  const known = MEANINGS.find(([pattern]) => pattern.test(words))
  return known?.[1] ?? { kind: 'unknown', reason: 'unexpected reply' }
}
