import type { Plan, Step } from '../../model/plan.ts'
import type { TokenRequest } from '../../model/token-request.ts'
import { addCommand, stepsByRequest } from './plan.ts'
import { count, harmless, oneLine, wrap } from './text.ts'

const PAGE = 'https://id.atlassian.com/manage-profile/security/api-tokens'
const WIDTH = 78

/** One message per owner of what has to be replaced, in plain text: to be sent to that person as it stands. */
export function tokenMessages(plan: Plan): readonly string[] {
  if (plan.requests.length === 0) return ['No token has to be created.']
  const owners = new Map<string, TokenRequest[]>()
  for (const request of plan.requests) {
    const owner = request.owner ?? ''
    const known = owners.get(owner)
    if (known === undefined) owners.set(owner, [request])
    else known.push(request)
  }
  const waiting = stepsByRequest(plan)
  return [...owners].flatMap(([owner, requests], index) => [
    ...(index === 0 ? [] : ['', '-'.repeat(WIDTH), '']),
    ...messageTo(
      owner,
      requests.map((request) => ({ request, steps: waiting.get(request.id) ?? [] })),
    ),
  ])
}

interface Asked {
  readonly request: TokenRequest
  /** That wait for it. */
  readonly steps: readonly Step[]
}

function messageTo(owner: string, asked: readonly Asked[]): readonly string[] {
  const tokens = count(asked.length, 'API token')
  const whom = owner === '' ? 'whoever owns the credential that is replaced' : oneLine(owner)
  const them = asked.length === 1 ? 'it' : 'them'
  return [
    `To: ${whom}`,
    `Subject: ${tokens} for Bitbucket`,
    '',
    ...wrap(
      `${whyWords(asked)} Please create ${tokens} in your Atlassian account and hand ${them} over where no one else can read ${them}: not by mail or chat.`,
      WIDTH,
    ),
    ...asked.flatMap((one, index) => ['', ...clicks(one, index + 1, asked.length)]),
    '',
    ...wrap('Nothing stops working when you create a token. Bitbucket shows a token once, so copy it at once.', WIDTH),
  ]
}

/** A token that has expired is no app password, and its owner would look for one in vain. */
function whyWords(asked: readonly Asked[]): string {
  const kinds = new Set(asked.flatMap(({ steps }) => steps.map(({ from }) => from.kind)))
  if (kinds.has('app-password'))
    return 'App passwords of Bitbucket Cloud ended on 2026-07-28, and what signed in with your credential is moved to API tokens.'
  return kinds.size === 1 && kinds.has('api-token')
    ? 'What signs in to Bitbucket Cloud with your API token needs another one: the present one has ended, ends within days, or does not open what is used.'
    : 'What signs in to Bitbucket Cloud with your credential needs another one: an API token that opens what is used.'
}

function clicks({ request, steps }: Asked, number: number, of: number): readonly string[] {
  const lines = [
    `Open ${PAGE} and sign in${request.owner === undefined ? '' : ` as ${oneLine(request.owner)}`}.`,
    'Press "Create API token with scopes". The button without scopes makes one that Bitbucket refuses.',
    `Name: ${oneLine(request.name)}`,
    `Expires: ${request.expiresOn} or earlier`,
    'App: Bitbucket',
    `Scopes: choose exactly ${count(request.scopes.length, 'scope')}:`,
  ]
  return [
    of === 1 ? 'Token' : `Token ${number} of ${of}`,
    '',
    ...lines.flatMap((line, index) => wrap(line, WIDTH, '     ', `  ${index + 1}. `)),
    ...request.scopes.map((scope) => `       ${scope}`),
    ...(request.optional ?? []).flatMap(({ scopes, when }) => [
      ...wrap(`and only if this is so (${oneLine(when)}):`, WIDTH, '     '),
      ...scopes.map((scope) => `       ${scope}`),
    ]),
    ...wrap('Press Create and copy the token. On the machine that plans, it is kept with:', WIDTH, '     ', '  7. '),
    `       ${addCommand(request)}`,
    '',
    ...usedIn(steps),
  ]
}

const FEW = 5

/** So that the owner can see what depends on it. */
function usedIn(steps: readonly Step[]): readonly string[] {
  const shown = steps.slice(0, FEW)
  const hidden = steps.length - shown.length
  return [
    '  It will be used in:',
    ...shown.map(
      ({ place }) =>
        `    ${harmless(place.at.kind === 'file' ? place.at.path : place.at.url)} ${oneLine(place.address)}`,
    ),
    ...(hidden > 0 ? [`    and ${count(hidden, 'more place')}`] : []),
  ]
}
