import { defaultSwitches, type Switches } from './switches.ts'

/** What each switch can be. The compiler holds every value to the type of its switch. */
export const switchValues: { readonly [Name in keyof Switches]: readonly Switches[Name][] } = {
  deprecation: ['by-clock', 'before', 'brown-out', 'after'],
  errorTexts: ['2026-01', '2026-09'],
  bearerForApiTokens: ['by-clock', true, false],
  xTokenAuthForApiTokens: [true, false],
  bearerOnGit: ['refused', 'access tokens', 'access tokens and API tokens'],
  emailCaseSensitive: [true, false],
  usernameCaseSensitive: [true, false],
  unknownAppPassword410: [true, false],
  noRepositoryAccess: ['403-kb', '401-text'],
  publicFetchChecksCredential: [true, false],
  accountPasswordText: ['2022', 'generic'],
  unconfirmedRemovals: ['none', 'announced', 'all deprecated'],
  tokenOutsideHeader: ['by-clock', 'accepted', 'refused'],
  lfsTakesApiTokens: [true, false],
  lfsTakesAccessTokens: [true, false],
  lfsWithoutCredential: ['401', '403'],
  webDownloadsTakeApiTokens: [true, false],
  webDownloadsTakeAccessTokens: [true, false],
  webDownloadsTakeGitNames: [true, false],
  webDownloadRefusal: ['login page', '401'],
  suspendedUser: ['401', '403'],
  policiesOnRest: ['ignored', '403'],
  rateLimits: ['off', 'published'],
  lockOut: ['off', '429', '403'],
}

const isSwitch = (name: string): name is keyof Switches => Object.hasOwn(switchValues, name)

/** Reads `name=value` as a person types it; an error names what there is. */
export const readSwitch = (text: string): Partial<Switches> => {
  const equals = text.indexOf('=')
  const name = equals < 0 ? text : text.slice(0, equals)
  if (!isSwitch(name))
    throw new Error(`there is no switch ${name}; there are ${Object.keys(defaultSwitches).join(', ')}`)
  const value = switchValues[name].find((one) => equals >= 0 && String(one) === text.slice(equals + 1))
  if (value === undefined) throw new Error(`${name} is one of: ${switchValues[name].map(String).join(', ')}`)
  return { [name]: value }
}
