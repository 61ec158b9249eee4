/** Switches of the sandbox that no row can settle, and why: asking would write, harm, or need what nobody should give. */
export const unaskedSwitches: Readonly<Record<string, string>> = {
  deprecation: 'app passwords ended on 2026-07-28; the time before cannot be asked again',
  accountPasswordText: 'nobody should hand the password of an account to a test',
  tokenOutsideHeader: 'a secret would stand in a URL, and so in logs',
  lfsTakesApiTokens: 'LFS is asked by POST, and this suite only reads',
  lfsTakesAccessTokens: 'LFS is asked by POST, and this suite only reads',
  lfsWithoutCredential: 'LFS is asked by POST, and this suite only reads',
  suspendedUser: 'an account would have to be suspended',
  policiesOnRest: 'a policy of a workspace would have to be changed',
  rateLimits: 'the limit would have to be used up',
  lockOut: 'an account would have to be locked out',
}
