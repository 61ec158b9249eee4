import type { RepositoryUrl } from '../bitbucket/repository-url.ts'
import { shapeOf } from '../bitbucket/token-shape.ts'
import type { Context } from '../model/ports.ts'
import type { GitScene, GitSetting } from './git-settings.ts'
import { collectedByGit, named, settingToName, whereOf } from './setting-match.ts'
import { placeIn, refOf, type TraceDetectors } from './source-places.ts'
import type { Found } from './source-standing.ts'

/** Headers with an Authorization, in the order in which git sends them; an empty value takes back what was read before it. */
export async function extraHeaders(
  target: RepositoryUrl,
  settings: readonly GitSetting[],
  scene: GitScene,
  context: Context,
  detectors: TraceDetectors,
): Promise<readonly Found[]> {
  const all = await collectedByGit(named(settings, 'http', 'extraheader'), 'extraheader', target, scene, context)
  const inForce = all.slice(all.findLastIndex(({ value }) => value === '') + 1)
  const found: Found[] = []
  for (const setting of inForce) {
    const login = loginOfHeader(setting.value)
    if (login !== undefined) found.push(await headerSource(setting, login, context, detectors))
  }
  return found
}

interface Login {
  readonly bearer?: true
  readonly username?: string
  readonly secret: string
}

async function headerSource(
  setting: GitSetting,
  { username, bearer, secret: written }: Login,
  context: Context,
  { gitConfig }: TraceDetectors,
): Promise<Found> {
  const secret = context.seal(written)
  const { file } = setting
  const shown = settingToName(setting)
  const place = file === undefined ? undefined : await placeIn(file, gitConfig, context, secret)
  return {
    kind: 'extra header',
    where: whereOf(setting),
    secret,
    shape: shapeOf(secret),
    matched: true,
    ...(username === undefined ? {} : { username }),
    ...(bearer === undefined ? {} : { bearer }),
    ...(place === undefined ? {} : { place: refOf(place) }),
    ...(shown === undefined ? {} : { setting: shown }),
  }
}

function loginOfHeader(header: string): Login | undefined {
  const [, scheme = '', value = ''] = /^authorization:\s*(basic|bearer)\s+(\S+)\s*$/i.exec(header) ?? []
  if (value === '') return undefined
  if (scheme.toLowerCase() === 'bearer') return { bearer: true, secret: value }
  const pair = Buffer.from(value, 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  return colon < 0 ? { secret: pair } : { username: pair.slice(0, colon), secret: pair.slice(colon + 1) }
}
