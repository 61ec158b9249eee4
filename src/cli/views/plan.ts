import { controllerFlag } from '../../index.ts'
import type { PlaceRef } from '../../model/place.ts'
import type { Plan, Step } from '../../model/plan.ts'
import type { TokenRequest } from '../../model/token-request.ts'
import type { Paint } from '../output.ts'
import { groupedBy, shown } from './scan-report.ts'
import { count, cut, oneLine, shellWord, wrap } from './text.ts'

const PAGE = 'https://id.atlassian.com/manage-profile/security/api-tokens'
const FEW = 8
const WIDTH = 80

/** What has to change, who has to act, what stays. `file`: where the plan was written, for the command to copy. */
export function planLines(
  plan: Plan,
  options: { readonly paint: Paint; readonly all: boolean; readonly file?: string; readonly width?: number },
): readonly string[] {
  const { paint, all, file } = options
  const shownSteps = all ? plan.steps : plan.steps.slice(0, FEW)
  const hidden = plan.steps.length - shownSteps.length
  return [
    paint.bold(summary(plan)),
    ...plan.requests.flatMap((request) => ['', ...requestLines(request, plan, paint)]),
    ...(plan.steps.length === 0 ? [] : ['']),
    ...shownSteps.flatMap((step, index) => stepLines(step, shownSteps[index - 1], plan, paint)),
    ...(hidden > 0 ? [`     ... ${count(hidden, 'more step')} (keyturn plan --all)`] : []),
    ...keptLines(plan, all),
    ...manualLines(plan, paint, all),
    '',
    ...endLines(plan, file),
  ]
}

function summary({ id, steps, requests, manual }: Plan): string {
  const people = requests.length + manual.length
  const act = people === 0 ? '' : `, ${people === 1 ? '1 thing needs' : `${people} things need`} a person`
  return `Plan ${id}: ${count(steps.length, 'change')} in ${count(new Set(steps.map((step) => step.place.id)).size, 'place')}${act}`
}

/** Everything that the person needs who creates the token, ready to send. */
export function requestLines(request: TokenRequest, plan: Plan, paint: Paint): readonly string[] {
  const owner = request.owner === undefined ? 'the owner of the credential' : oneLine(request.owner)
  return [
    `  ${paint.yellow('!')}  ${request.id}  create  an API token of ${paint.bold(owner)}, used in ${count(request.places.length, 'place')}`,
    `     page     ${PAGE}`,
    '     button   Create API token with scopes',
    `     name     ${oneLine(request.name)}`,
    `     expires  ${request.expiresOn}`,
    '     app      Bitbucket',
    ...request.scopes.map((scope, index) => `     ${index === 0 ? 'scopes ' : '       '}  ${scope}`),
    '     then     keep it in the vault, and plan again:',
    `       keyturn token add ${tokenName(request, plan)} --email E-MAIL${request.owner === undefined || request.owner.includes('@') ? '' : ` --username ${shellWord(request.owner)}`}`,
  ]
}

/** A short name that a person can type: the owner's, or the number of the request. */
export function tokenName(request: TokenRequest, plan: Plan): string {
  const word = (request.owner ?? '').split('@')[0]?.replace(/[^A-Za-z0-9._-]/g, '') ?? ''
  const same = plan.requests.filter((other) => other.owner === request.owner).length > 1
  return word === '' || same ? request.id : word
}

/** The reason stands once for steps that share it. */
function stepLines(step: Step, before: Step | undefined, { sources }: Plan, paint: Paint): readonly string[] {
  const { to, from } = step
  const strips = to.username === 'remove'
  const reason = step.reason === before?.reason ? [] : wrap(step.reason, WIDTH, '           ', '      why  ')
  return [
    `  ${strips ? paint.red('-') : paint.cyan('~')}  ${step.id.padEnd(3)} ${strips ? 'strip' : 'replace'}  ${cut(whereWords(step.place, sources), 62)}`,
    `      from ${oneLine([from.username, from.fingerprint].filter((part) => part !== undefined && part !== '').join(', '))}`,
    `      to   ${oneLine(targetWords(from, to))}`,
    ...reason.map((line) => paint.dim(line)),
  ]
}

function targetWords(from: Step['from'], to: Step['to']): string {
  if (to.username === 'remove') return 'no username in the URL'
  const username = typeof to.username === 'object' ? to.username.set : (from.username ?? 'no username')
  if (to.keepSecret === true) return `${username}, the same secret`
  return `${username}, ${to.token === undefined ? `the token of request ${to.request}` : `token "${to.token}" ${to.fingerprint ?? ''}`}`
}

export function whereWords(place: PlaceRef, sources: readonly string[]): string {
  const at = place.at.kind === 'file' ? shown(place.at.path, sources) : 'Jenkins'
  return oneLine(`${at} ${place.address}`)
}

function keptLines({ kept, sources }: Plan, all: boolean): readonly string[] {
  if (kept.length === 0) return []
  if (!all)
    return [
      '',
      `  =  ${count(kept.length, 'place stays', 'places stay')} as ${kept.length === 1 ? 'it is' : 'they are'} (keyturn plan --all)`,
    ]
  return ['', ...kept.map(({ place, reason }) => `  =  ${whereWords(place, sources)}: ${reason}`)]
}

/** The reason and the way out stand once for places that share them. */
function manualLines({ manual, sources }: Plan, paint: Paint, all: boolean): readonly string[] {
  const groups = groupedBy(manual, ({ reason, wayOut }) => `${reason}\0${wayOut}`)
  return [...groups.values()].flatMap((group) => {
    const shownPlaces = all ? group : group.slice(0, FEW)
    const hidden = group.length - shownPlaces.length
    return [
      '',
      ...shownPlaces.map(({ place }) => `  ${paint.yellow('!')}  ${whereWords(place, sources)}`),
      ...(hidden > 0 ? [`     ... ${count(hidden, 'more place')} (keyturn plan --all)`] : []),
      ...wrap(group[0]?.reason ?? '', 78, '         '),
      ...wrap(group[0]?.wayOut ?? '', 78, '         '),
    ]
  })
}

function endLines(plan: Plan, file: string | undefined): readonly string[] {
  if (plan.steps.length === 0)
    return [plan.manual.length === 0 ? 'Nothing has to be changed.' : 'keyturn can change nothing here by itself.']
  const waits = plan.steps.some((step) => step.to.request !== undefined)
  if (waits) return ['Nothing has been changed. Create what is asked for above, then plan again.']
  return [
    'Nothing has been changed. The plan holds as long as these places stay as they are.',
    `    keyturn apply ${file ?? plan.id}${controllerFlag(plan)}`,
  ]
}

export function planExitCode(plan: Plan): 0 | 3 {
  return plan.requests.length + plan.manual.length > 0 ? 3 : 0
}
