/** One repair as it stands on the screen: sentences, then commands alone on their lines. */
export interface Printed {
  readonly text: string
  readonly commands: readonly string[]
}

/** `! ... (D101)`: the codes of the screen, the cause first. */
export function codesOnScreen(screen: string): readonly string[] {
  return [...screen.matchAll(/^[=?~!] .*\((D1\d\d)\)$/gm)].map(([, code = '']) => code)
}

/** Below `Repair`, commands are indented deeper than every sentence; those of the first diagnosis come first. */
export function repairsOnScreen(screen: string): readonly Printed[] {
  const repairs: { text: string; commands: string[] }[] = []
  let inside = false
  for (const line of screen.split('\n')) {
    if (/^ {0,2}\S/.test(line)) inside = line === '  Repair'
    const [, indent = '', words = ''] = /^( {4}| {6})(\S.*)$/.exec(line) ?? []
    if (!inside || words === '') continue
    const last = repairs.at(-1)
    if (indent.length === 6) last?.commands.push(words)
    else if (last === undefined || last.commands.length > 0) repairs.push({ text: words, commands: [] })
    else last.text += ` ${words}`
  }
  return repairs
}

/** A repair that begins with "Or" opens another way; a person takes the first. */
export function firstWay(repairs: readonly Printed[]): readonly Printed[] {
  const at = repairs.findIndex(({ text }) => /(^|\. )Or /.test(text))
  return at < 0 ? repairs : repairs.slice(0, at)
}

/** The other way, for whom the first did not help. */
export function secondWay(repairs: readonly Printed[]): readonly Printed[] {
  return repairs.slice(firstWay(repairs).length)
}

/** The scopes of the token that a person is told to create; nothing when no token is asked for. */
export function scopesToCreate(repairs: readonly Printed[]): readonly string[] | undefined {
  const text = repairs.map((repair) => repair.text).find((one) => one.includes('Create API token with scopes'))
  const [, scopes] = /the app Bitbucket, and the scopes? (.+?)[.;](?: |$)/.exec(text ?? '') ?? []
  return scopes?.split(/ and |, /)
}
