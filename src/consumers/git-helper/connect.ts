import { shapeOf } from '../../bitbucket/token-shape.ts'
import type { Connector, PlaceState } from '../../model/consumer.ts'
import type { CredentialChange } from '../../model/credential.ts'
import { Failure } from '../../model/failure.ts'
import { literalHelper } from '../../model/literal-helper.ts'
import type { Detection, Place, PlaceRef } from '../../model/place.ts'
import type { Context } from '../../model/ports.ts'
import { usernameField } from '../username-field.ts'
import { type Attributes, fill } from './ask.ts'
import { aimOfBackup, conflictWith, digestOf, type Found, refused, stageExchange } from './exchange.ts'
import {
  firstWord,
  type HelperSetting,
  helpersInForce,
  isManager,
  nameInForce,
  nameOf,
  settingFor,
} from './settings.ts'

const CONSUMER = 'git-helper'

/** What the credential helpers of this user hold for Bitbucket: asked with `git credential`, one helper at a time. */
export const gitHelperConnector: Connector = {
  asks: 'helpers',
  list: listHelpers,
  read: async (ref, context) => stateOf(await find(ref, context), context),
  stageReplace: async (ref, expected, change, context) => {
    const found = await find(ref, context)
    if (found === undefined || digestOf(found.held, context) !== expected) return conflictWith(found, context)
    const next = changed(found, change, ref)
    await refuseUnused(found.helper, next, context)
    return stageExchange(found, { next }, context)
  },
  stageRestore: async (ref, expected, backup, context) => {
    const found = await find(ref, context)
    if (found === undefined || digestOf(found.held, context) !== expected) return conflictWith(found, context)
    return stageExchange(found, aimOfBackup(backup), context)
  },
}

async function find(ref: PlaceRef, context: Context): Promise<Found | undefined> {
  const path = ref.at.kind === 'file' ? ref.at.path : ''
  const helpers = await helpersInForce(context)
  const helper = helpers.find(({ file, address }) => file === path && address === ref.address)
  const held = helper === undefined || !isAsked(helper) ? undefined : await fill(helper, context)
  return helper === undefined || held === undefined ? undefined : { helper, held }
}

async function listHelpers(context: Context): Promise<Detection> {
  const places: Place[] = []
  const unread: { reason: 'unreadable'; detail: string }[] = []
  const asksForPaths = (await settingFor('credential.useHttpPath', context)) === 'true'
  if (asksForPaths) unread.push({ reason: 'unreadable', detail: BY_PATH })
  for (const helper of asksForPaths ? [] : await helpersInForce(context)) {
    const held = isAsked(helper) ? await fill(helper, context).catch((error) => problem(error, unread)) : undefined
    if (held !== undefined) places.push(placeOf({ helper, held }, context))
  }
  return { places, demands: [], unread }
}

const BY_PATH = 'credential.useHttpPath makes helpers keep one credential for each repository; they are not asked'

function problem(error: unknown, unread: { reason: 'unreadable'; detail: string }[]): undefined {
  if (!(error instanceof Failure)) throw error
  unread.push({ reason: 'unreadable', detail: `${error.parts.at ?? 'git'}: ${error.parts.because ?? ''}` })
}

/**
 * git-credential-oauth stores nothing and answers by opening a browser. A command that holds its secret itself would put it into
 * the arguments of git, and cannot store another one.
 */
function isAsked({ value }: HelperSetting): boolean {
  if (/(^|[/-])oauth\b/.test(firstWord(value))) return false
  return literalHelper(value) === undefined
}

function placeOf({ helper, held }: Found, context: Context): Place {
  const secret = context.seal(held.get('password') ?? '')
  const by = `credential helper ${nameOf(helper.value)}`
  return {
    id: `${CONSUMER}:${helper.address}`,
    consumer: CONSUMER,
    at: { kind: 'file', path: helper.file },
    address: helper.address,
    host: 'bitbucket.org',
    username: usernameField(held.get('username') ?? '', 'plain', context.seal),
    secret: { value: secret, kind: shapeOf(secret).kind, encoding: 'plain' },
    uses: [
      { operation: 'git-fetch', by },
      { operation: 'git-push', by },
    ],
  }
}

function stateOf(found: Found | undefined, context: Context): PlaceState {
  if (found === undefined) return { kind: 'absent' }
  return {
    kind: 'present',
    place: placeOf(found, context),
    digest: digestOf(found.held, context),
    credential: {
      username: found.held.get('username') ?? '',
      secret: context.seal(found.held.get('password') ?? ''),
    },
  }
}

/** What else was kept belongs to the old secret: its expiry, its refresh token. */
function changed({ held }: Found, change: CredentialChange, { address }: PlaceRef): Attributes {
  if (change.username === 'remove') throw refused(address, 'a helper keeps no secret without a username')
  const username = change.username === 'keep' ? (held.get('username') ?? '') : change.username.set
  const password = change.secret === 'keep' ? (held.get('password') ?? '') : change.secret.set.reveal()
  if (/[\n\r\0]/.test(username + password) || username === '' || password === '')
    throw refused(address, 'git hands helpers one line for the username and one for the secret, and neither is empty')
  if (change.secret === 'keep') return new Map([...held, ['username', username]])
  return new Map([
    ['username', username],
    ['password', password],
  ])
}

/** What would be stored and never answered: by a name that git does not ask for, or by a check that the helper makes. */
async function refuseUnused(helper: HelperSetting, next: Attributes, context: Context): Promise<void> {
  const asked = await nameInForce(context)
  if (asked !== undefined && asked.value !== next.get('username'))
    throw refused(
      helper.address,
      `${asked.key} makes git ask for "${asked.value}", and this would be kept under another`,
      { next: [`  git config --global --unset ${asked.key}`] },
    )
  if (isManager(helper) && (await isValidating(context)))
    throw refused(
      helper.address,
      'Git Credential Manager checks what it keeps with /2.0/user and the username of git, drops it and asks again each time',
      { next: ['  git config --global credential.bitbucketValidateStoredCredentials false'] },
    )
}

async function isValidating(context: Context): Promise<boolean> {
  const variable = context.system.processes.environment()['GCM_BITBUCKET_VALIDATE_STORED_CREDENTIALS']
  const said = variable ?? (await settingFor('credential.bitbucketValidateStoredCredentials', context))
  return !/^(false|no|off|0)$/i.test(said ?? '')
}
