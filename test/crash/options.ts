export interface Options {
  readonly count: number
  readonly seed: string
  readonly places: readonly [least: number, most: number]
  readonly json: boolean
  /** Every operation of the disk of one world, in place of random ones. */
  readonly every: boolean
  /** Nothing is ever durable: what the harness must notice. */
  readonly forget: boolean
  /** With `every`, of the moments of a controller one in so many, as the seed has it. */
  readonly step: number
  /** No crash is begun after so many seconds, and fewer are played. */
  readonly seconds: number
  readonly only: number | undefined
  readonly workers: number
  /** Of a worker: which share of the worlds. */
  readonly share: number | undefined
  readonly repository: string
}

export function readOptions(args: readonly string[]): Options {
  const value = (name: string): string | undefined => {
    const at = args.indexOf(`--${name}`)
    return at < 0 ? undefined : args[at + 1]
  }
  const number = (name: string): number | undefined => {
    const given = value(name)
    if (given !== undefined && !/^\d+$/.test(given)) throw new Error(`--${name} takes a number, not ${given}`)
    return given === undefined ? undefined : Number(given)
  }
  const [least = 1, most = 200] = (value('places') ?? '1-200').split('-').map(Number)
  const count = number('count') ?? 500
  const every = args.includes('--every')
  return {
    count,
    seed: value('seed') ?? '1',
    places: [least, most],
    json: args.includes('--json'),
    every,
    forget: args.includes('--forget-syncs'),
    step: number('step') ?? 1,
    seconds: number('seconds') ?? Number.POSITIVE_INFINITY,
    only: number('only'),
    workers: number('workers') ?? (count > 50 || every ? 2 : 1),
    share: number('share'),
    repository: value('root') ?? process.cwd(),
  }
}
