import { type Reply, textReply } from '../reply.ts'

/**
 * git prints `remote:` lines only for bodies of type text/plain, and gives up its stored credential only on 401
 * (remote-curl.c, http.c); both are measured in test/clients/git-signatures.test.ts.
 */
const challenge = { 'www-authenticate': 'Basic realm="Bitbucket.org HTTP"' }

/** community.atlassian.com qaq-p/3213684 and 3206463 (2026-03). */
export const mayNotHaveAccess =
  'You may not have access to this repository or it no longer exists in this workspace. If you think this repository exists and you have access, make sure you are authenticated.'

export const refuseUnauthorized = (because: string, text = mayNotHaveAccess): Reply =>
  textReply(401, text, because, challenge)

/**
 * community.atlassian.com announcement 3248508 and six pasted terminals of 2026. REST answers the same secret with 401.
 */
export const refuseAppPassword = (because: string): Reply =>
  textReply(
    410,
    [
      'CHANGE-3222 - Functionality has been deprecated',
      'App passwords are deprecated and must be replaced with API tokens.',
      'https://developer.atlassian.com/cloud/bitbucket/changelog#CHANGE-3222',
    ].join('\n'),
    because,
  )

/** community.atlassian.com qaa-p/3129221. */
export const refuseMissingScope = (because: string): Reply =>
  textReply(403, 'Your credentials lack one or more required privilege scopes.', because)

/** confluence.atlassian.com/bbkb/error-403-when-performing-git-operations-1155479141.html, all three. */
export const refuseNoAccess = (because: string): Reply =>
  textReply(
    403,
    "The requested repository either does not exist or you do not have access. If you believe this repository exists and you have access, make sure you're authenticated.",
    because,
  )

export const refuseIpAddress = (because: string): Reply =>
  textReply(403, 'To access this repository, an admin must whitelist your IP.', because)

/**
 * support.atlassian.com, fix-error-your-push-failed-because-the-account-has-exceeded-its-user-limit. The status is not public;
 * 403 is taken, as for other refusals of a known user.
 */
export const refuseOverUserLimit = (owner: string, because: string): Reply =>
  textReply(
    403,
    `[ALERT] Your push failed because the account '${owner}' has exceeded its user limit and this repository is restricted to read-only access. To restore write access, ask an account administrator to upgrade their plan.`,
    because,
  )

/** An OAuth consumer's key and secret are exchanged for a token first: pasted by users, older wording. */
export const refuseConsumer = (because: string): Reply => refuseUnauthorized(because, 'Invalid username or password')

export const refuseWithoutTwoStep = (because: string): Reply =>
  textReply(403, 'To access this repository, enable two-step authentication.', because)

/** First line of the text of 2022; the links that followed are left out. */
export const accountPasswordText =
  'Bitbucket Cloud recently stopped supporting account passwords for Git authentication.'

/** Old texts: bitbucket.org/site/master/issues/14735 and 15920. */
export const refuseLockedOut = (status: 429 | 403, because: string): Reply =>
  textReply(
    status,
    status === 429
      ? 'Too many failed authentication attempts. Please try again later.'
      : 'Too many invalid password attempts. Try logging in through the website with your password.',
    because,
  )
