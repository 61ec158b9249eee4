import type { Plan } from '../../model/plan.ts'
import type { TokenRequest } from '../../model/token-request.ts'
import { addCommand } from './plan.ts'
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
  return [...owners].flatMap(([owner, requests], index) => [
    ...(index === 0 ? [] : ['', '-'.repeat(WIDTH), '']),
    ...messageTo(owner, requests, plan),
  ])
}

function messageTo(owner: string, requests: readonly TokenRequest[], plan: Plan): readonly string[] {
  const tokens = count(requests.length, 'API token')
  const whom = owner === '' ? 'whoever owns the credential that is replaced' : oneLine(owner)
  return [
    `To: ${whom}`,
    `Subject: ${tokens} for Bitbucket`,
    '',
    ...wrap(
      `App passwords of Bitbucket Cloud ended on 2026-07-28, and what signed in with your credential is moved to API tokens. Please create ${tokens} in your Atlassian account and hand ${requests.length === 1 ? 'it' : 'them'} over where no one else can read ${requests.length === 1 ? 'it' : 'them'}: not by mail or chat.`,
      WIDTH,
    ),
    ...requests.flatMap((request, index) => ['', ...clicks(request, index + 1, requests.length, plan)]),
    '',
    ...wrap('Nothing stops working when you create a token. Bitbucket shows a token once, so copy it at once.', WIDTH),
  ]
}

function clicks(request: TokenRequest, number: number, of: number, plan: Plan): readonly string[] {
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
    ...usedIn(request, plan),
  ]
}

const FEW = 5

/** So that the owner can see what depends on it. */
function usedIn({ places }: TokenRequest, plan: Plan): readonly string[] {
  const wanted = new Set(places)
  const steps = plan.steps.filter(({ place }) => wanted.has(place.id))
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
