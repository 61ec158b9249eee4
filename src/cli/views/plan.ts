import { controllerFlag } from '../../index.ts'
import type { ReferenceChange } from '../../model/credential.ts'
import { groupedBy } from '../../model/grouped-by.ts'
import { isOfNameAlone } from '../../model/name-alone.ts'
import type { PlaceRef } from '../../model/place.ts'
import type { Plan, Step } from '../../model/plan.ts'
import { ofStepsLeft } from '../../model/steps-left.ts'
import type { TokenRequest } from '../../model/token-request.ts'
import { isAboutNothingNamed } from '../../model/use.ts'
import type { Paint } from '../output.ts'
import { controllerName } from './controller-name.ts'
import { retireLines } from './retire.ts'
import { shown } from './scan-report.ts'
import { count, cutPlace, oneLine, shellWord, wrap } from './text.ts'

const PAGE = 'https://id.atlassian.com/manage-profile/security/api-tokens'
const FEW = 8
const WIDTH = 80

interface PlanView {
  readonly paint: Paint
  readonly all: boolean
  /** Where the plan was written, for the command to copy. */
  readonly file?: string
  readonly width?: number
  /** How many things could not be read. */
  readonly unread?: number
}

/** What has to change, who has to act, what stays. */
export function planLines(plan: Plan, options: PlanView): readonly string[] {
  const { paint, all } = options
  const shownSteps = all ? plan.steps : plan.steps.slice(0, FEW)
  const hidden = plan.steps.length - shownSteps.length
  const waiting = stepsByRequest(plan)
  const left = ofStepsLeft(plan)
  return [
    paint.bold(summary(plan)),
    ...plan.requests.flatMap((request) => ['', ...requestLines(request, waiting.get(request.id) ?? [], paint)]),
    ...(plan.steps.length === 0 ? [] : ['']),
    ...shownSteps.flatMap((step, index) => stepLines(step, shownSteps[index - 1], plan, paint)),
    ...(hidden > 0 ? [`     ... ${count(hidden, 'more step')} (--all shows them)`] : []),
    ...keptLines(plan, all),
    ...manualLines(plan, paint, all),
    ...conditionLines(left, paint, all),
    ...retireLines(left, paint, all),
    ...unprovableLines(plan, paint, all),
    '',
    ...endLines(plan, options),
  ]
}

function summary({ id, steps, requests, manual }: Plan): string {
  const people = requests.length + manual.length
  const act = people === 0 ? '' : `, ${people === 1 ? '1 thing needs' : `${people} things need`} a person`
  return `Plan ${id}: ${count(steps.length, 'change')} in ${count(new Set(steps.map((step) => step.place.id)).size, 'place')}${act}`
}

/** The steps that wait for each request, by its id. */
export function stepsByRequest({ steps }: Plan): ReadonlyMap<string, readonly Step[]> {
  const found = new Map<string, Step[]>()
  for (const step of steps) {
    const { request } = step.to
    if (request === undefined) continue
    const known = found.get(request)
    if (known === undefined) found.set(request, [step])
    else known.push(step)
  }
  return found
}

/** Everything that the person needs who creates the token, ready to send. */
function requestLines(request: TokenRequest, steps: readonly Step[], paint: Paint): readonly string[] {
  const owner = request.owner === undefined ? 'the owner of the credential' : oneLine(request.owner)
  return [
    `  ${paint.yellow('!')}  ${request.id}  create  an API token of ${paint.bold(owner)}, ${usedWords(request, steps)}`,
    `     page     ${PAGE}`,
    '     button   Create API token with scopes',
    `     name     ${oneLine(request.name)}`,
    `     expires  ${request.expiresOn}`,
    '     app      Bitbucket',
    ...listed(request.scopes, 'scopes'),
    ...(request.optional ?? []).flatMap(({ scopes, when }) => [
      ...listed(scopes, 'perhaps'),
      `              (${oneLine(when)})`,
    ]),
    '     then     keep it in the vault, and plan again:',
    `       ${addCommand(request)}`,
  ]
}

/** Places that a person has to change may take the token, too; the steps do not reach them. */
function usedWords({ places }: TokenRequest, steps: readonly Step[]): string {
  const wanted = new Set(places)
  const others = places.length - new Set(steps.flatMap(({ place }) => (wanted.has(place.id) ? [place.id] : []))).size
  return `used in ${count(places.length, 'place')}${others > 0 ? `, ${others} of them by hand` : ''}`
}

function listed(scopes: readonly string[], title: string): readonly string[] {
  return scopes.map((scope, index) => `     ${(index === 0 ? title : '').padEnd(7)}  ${scope}`)
}

/** Puts the new token into the vault under the name by which the next plan finds it; Bitbucket does not tell when it ends. */
export function addCommand({ id, keepAs, owner, expiresOn }: TokenRequest): string {
  const names = owner?.includes('@') ? ` --email ${shellWord(owner)}` : ' --email E-MAIL'
  const username = owner === undefined || owner.includes('@') ? '' : ` --username ${shellWord(owner)}`
  return `keyturn token add ${keepAs ?? id}${names}${username} --expires ${expiresOn}`
}

/** The reason stands once for steps that share it, and so does what would do as well. */
function stepLines(step: Step, before: Step | undefined, { sources }: Plan, paint: Paint): readonly string[] {
  const { sign, word } = actOf(step)
  const colour = sign === '-' ? paint.red : sign === '+' ? paint.green : paint.cyan
  const isNew = step.reason !== before?.reason
  const reason = isNew ? wrap(step.reason, WIDTH, '           ', '      why  ') : []
  const other =
    step.alternative === undefined || !isNew ? [] : wrap(step.alternative, WIDTH, '           ', '      or   ')
  const wave = step.wave !== undefined && step.wave !== before?.wave ? [paint.dim(`  wave ${step.wave}`)] : []
  return [
    ...wave,
    `  ${colour(sign)}  ${step.id.padEnd(3)} ${word.padEnd(7)}  ${cutPlace(whereWords(step.place, sources), 62)}`,
    ...togetherLines(step),
    `      from ${oneLine(fromWords(step))}`,
    `      to   ${oneLine(targetWords(step.from, step.to))}`,
    ...[...reason, ...other].map((line) => paint.dim(line)),
    ...caveatLines(step, before),
  ]
}

/** What undoes the change later. That Bitbucket takes no app password again is said at the rollback. */
function caveatLines({ caveat, from }: Step, before: Step | undefined): readonly string[] {
  if (caveat === undefined || caveat === before?.caveat || from.kind === 'app-password') return []
  return wrap(oneLine(caveat), WIDTH, '           ', '      but  ')
}

function actOf({ to }: Step): { readonly sign: '+' | '~' | '-'; readonly word: string } {
  if (to.create !== undefined) return { sign: '+', word: 'create' }
  if (to.reference !== undefined) return { sign: '~', word: 'rename' }
  return to.username === 'remove' ? { sign: '-', word: 'strip' } : { sign: '~', word: 'replace' }
}

function togetherLines({ place }: Step): readonly string[] {
  return (place.with ?? []).map((address) => `      with ${oneLine(address)}`)
}

function fromWords({ from, to }: Step): string {
  if (to.create !== undefined) return `nothing; like ${to.create.like.address}`
  if (to.reference !== undefined) return credentialWords(namedIds(to.reference, 'from'))
  return [from.username, from.fingerprint].filter((part) => part !== undefined && part !== '').join(', ')
}

/** Ids that a place names before the change of a step, or after it. */
export function namedIds({ also = [], ...first }: ReferenceChange, side: 'from' | 'to'): readonly string[] {
  return [first, ...also].map((one) => one[side])
}

export function credentialWords(ids: readonly string[]): string {
  return `${ids.length === 1 ? 'credential' : 'credentials'} ${ids.join(', ')}`
}

function targetWords(from: Step['from'], to: Step['to']): string {
  if (to.reference !== undefined) return credentialWords(namedIds(to.reference, 'to'))
  if (to.username === 'remove') return 'no username in the URL'
  if (to.emailComes === true) return `the e-mail of the owner, the token of request ${to.request}`
  const username = typeof to.username === 'object' ? to.username.set : (from.username ?? 'no username')
  if (to.keepSecret === true) return isOfNameAlone({ from, to }) ? username : `${username}, the same secret`
  return `${username}, ${to.token === undefined ? `the token of request ${to.request}` : `token "${to.token}" ${to.fingerprint ?? ''}`}`
}

export function whereWords(place: PlaceRef, sources: readonly string[]): string {
  const at = place.at.kind === 'file' ? shown(place.at.path, sources) : controllerName(place.at.url, sources)
  return oneLine(`${at} ${place.address}`)
}

function keptLines({ kept, sources }: Plan, all: boolean): readonly string[] {
  if (kept.length === 0) return []
  if (!all)
    return [
      '',
      `  =  ${count(kept.length, 'place stays', 'places stay')} as ${kept.length === 1 ? 'it is' : 'they are'} (--all shows them)`,
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
      ...(hidden > 0 ? [`     ... ${count(hidden, 'more place')} (--all shows them)`] : []),
      ...wrap(group[0]?.reason ?? '', 78, '         '),
      ...wrap(group[0]?.wayOut ?? '', 78, '         '),
    ]
  })
}

/** What nothing here tells, and must be so before the change. */
function conditionLines({ conditions = [] }: Plan, paint: Paint, all: boolean): readonly string[] {
  return conditions.flatMap(({ text, reason, wayOut, steps }) => [
    '',
    ...wrap(`${text}: check this before ${stepWords(steps, all)}`, WIDTH, '     ', `  ${paint.yellow('?')}  `),
    ...wrap(`${reason}.`, 78, '         '),
    ...wrap(wayOut, 78, '         '),
  ])
}

function stepWords(steps: readonly string[], all: boolean): string {
  const shownSteps = all ? steps : steps.slice(0, 3)
  return steps.length > shownSteps.length
    ? `${shownSteps.join(', ')} and ${count(steps.length - shownSteps.length, 'more step')}`
    : shownSteps.join(', ')
}

/** Said before the change, for afterwards nothing can be planned there any more. */
function unprovableLines({ steps }: Plan, paint: Paint, all: boolean): readonly string[] {
  const blind = steps.filter((step) => isUnused(step) || step.uses.some(isAboutNothingNamed))
  if (blind.length === 0) return []
  const ids = blind.map(({ id }) => id)
  const blindUses = blind.flatMap(({ uses }) => uses.filter(isAboutNothingNamed))
  const [workspace, ...more] = new Set(blindUses.map((use) => use.workspace))
  const isOfOne = workspace !== undefined && more.length === 0 && !blind.some(isUnused)
  return [
    '',
    ...wrap(
      `${stepWords(ids, all)} cannot be proved: nothing tells which repository is used there.`,
      78,
      '     ',
      `  ${paint.yellow('?')}  `,
    ),
    ...wrap(
      `Name a private one that the token may read: plan again with --repository ${isOfOne ? oneLine(workspace) : 'WORKSPACE'}/NAME.`,
      78,
      '         ',
    ),
  ]
}

/** A username alone is proved with the credential that it goes with. */
function isUnused(step: Step): boolean {
  return step.uses.length === 0 && !isOfNameAlone(step)
}

function endLines(plan: Plan, { file, unread = 0 }: PlanView): readonly string[] {
  if (plan.steps.length === 0 && plan.manual.length === 0)
    return [unread === 0 ? 'Nothing has to be changed.' : 'Nothing that could be read has to be changed.']
  if (plan.steps.length === 0) return ['keyturn can change nothing here by itself.']
  const waits = plan.steps.some((step) => step.to.request !== undefined)
  if (waits) return ['Nothing has been changed. Create what is asked for above, then plan again.']
  return [
    'Nothing has been changed. The plan holds as long as these places stay as they are.',
    `    keyturn apply ${file === undefined ? plan.id : fileWord(file)}${controllerFlag(plan, { opens: true })}`,
  ]
}

/** For a command to copy: a name that begins with a dash would be an option. */
function fileWord(file: string): string {
  return shellWord(file.startsWith('-') ? `./${file}` : file)
}

export function planExitCode(plan: Plan): 0 | 3 {
  return plan.requests.length + plan.manual.length > 0 ? 3 : 0
}
