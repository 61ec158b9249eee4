import type { Document } from '../../src/model/consumer.ts'
import { bounded } from './bounded.ts'
import { DETECTING, detectionProblems, documentOf, findingProblems, settled } from './detectors.ts'
import { FORMATS } from './formats.ts'
import { mutated } from './mutate.ts'
import { chanceOf, type Seed } from './seeds.ts'

/** Something that is given documents. */
export interface Target {
  readonly name: string
  /** Whether a document like this is what it expects; half of the cases begin with such a one. */
  readonly expects: (seed: Seed) => boolean
  readonly problems: (document: Document) => readonly string[]
  /** Without judging: what its time is taken of. */
  readonly read: (document: Document) => unknown
}

/** A document, and how its target failed on it. */
export interface Finding {
  readonly target: string
  readonly path: string
  readonly problem: string
  readonly bytes: Buffer
}

/** Every reader of a format, every detector by itself, and all of them together as a scan asks them. */
export function allTargets(): readonly Target[] {
  return [
    ...FORMATS.map(
      ({ name, files, read, problems }): Target => ({
        name: `format: ${name}`,
        expects: ({ path }) => files.test(path.slice(path.lastIndexOf('/') + 1)),
        problems: ({ bytes }) => problems(Buffer.from(bytes)),
        read: ({ bytes }) => read(Buffer.from(bytes)),
      }),
    ),
    ...DETECTING.map(
      ({ id, detector }): Target => ({
        name: `detector: ${id}`,
        expects: ({ consumer, path }) => consumer === id || (consumer === undefined && detector.matches(path)),
        problems: (document) =>
          twice(document, (each) => detectionProblems(each, detector.detect(each)), detector.detect),
        read: detector.detect,
      }),
    ),
    {
      name: 'scan: every detector',
      expects: () => true,
      problems: (document) => twice(document, (each) => findingProblems(each, settled(each)), settled),
      read: settled,
    },
  ]
}

/** The same bytes in another buffer, so that nothing is remembered: the answer has to be the same. */
function twice(
  document: Document,
  problems: (document: Document) => readonly string[],
  read: (document: Document) => unknown,
): readonly string[] {
  const found = problems(document)
  const copy = { ...document, bytes: Buffer.from(document.bytes) }
  const isSame = JSON.stringify(read(document)) === JSON.stringify(read(copy))
  return isSame ? found : [...found, 'another answer on the second call']
}

/** Longer than any document of a case may take, on a busy machine too. */
const DEADLINE_MS = 10_000

/** How a target fails on a document; absent: it does not. */
export function failureOf(target: Target, document: Document, deadline = DEADLINE_MS): string | undefined {
  const outcome = bounded(deadline, () => target.problems(document))
  if (outcome.kind === 'stopped') return `still busy after ${outcome.ms} ms`
  if (outcome.kind === 'thrown') return `throws ${thrownText(outcome.error)}`
  return outcome.result[0]
}

function thrownText(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const frame =
    error.stack
      ?.split('\n')
      .find((line) => /^\s+at /.test(line))
      ?.trim()
      .replace(/^at (\S+).*$/, '$1') ?? ''
  return `${error.name}: ${error.message} (${frame})`
}

/** What two failures share, numbers left aside. */
export function kindOf(problem: string): string {
  return problem.replaceAll(/\d+/g, 'N')
}

/** The document of a case: one that the target expects or any other, changed; sometimes as it is, or under another's name. */
export function documentOfCase(
  target: Target,
  seeds: readonly Seed[],
  expected: readonly Seed[],
  seed: number,
  index: number,
): Document {
  const random = chanceOf(seed, target.name, index)
  const first = random.pick(expected.length > 0 && random.chance(70) ? expected : seeds)
  const other = random.pick(seeds)
  const bytes = random.chance(2) ? first.bytes : mutated(first.bytes, other.bytes, random)
  return documentOf(random.chance(85) ? first.path : other.path, bytes, first.companion)
}
