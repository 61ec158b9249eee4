import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { assemble, type Dress, PLAIN_DRESS, type Spot, type TruthLabel } from './draft.ts'
import { noiseLookalikes } from './lookalikes/noise.ts'
import { serviceLookalikes } from './lookalikes/other-services.ts'
import { placeholderLookalikes } from './lookalikes/placeholders.ts'
import { sameToolLookalikes } from './lookalikes/same-tools.ts'
import { botPlaces } from './places/bots.ts'
import { ciPlaces } from './places/ci.ts'
import { codePlaces } from './places/code.ts'
import { composerPlaces } from './places/composer-npm.ts'
import { elsewherePlaces } from './places/elsewhere.ts'
import { envPlaces } from './places/env.ts'
import { gitPlaces } from './places/git.ts'
import { gitopsPlaces } from './places/gitops.ts'
import { infraPlaces } from './places/infra.ts'
import { jenkinsPlaces } from './places/jenkins.ts'
import { netrcPlaces } from './places/netrc.ts'
import { packagePlaces } from './places/packages.ts'
import { pipelinePlaces } from './places/pipelines.ts'
import { reviewBotPlaces } from './places/review-bots.ts'
import { terraformPlaces } from './places/terraform.ts'
import { type Random, randomFrom, seedOf } from './random.ts'
import { type CorpusFile, type Setting, type Shape, settingFrom } from './setting.ts'

export interface StoredFile {
  /** Relative, with forward slashes. */
  readonly path: string
  readonly bytes: Buffer
}

/** One place that a scan has to find. */
export interface Truth extends TruthLabel {
  readonly id: string
  readonly path: string
  /** 1-based, where the stored text begins and ends; more than one line only for wrapped base64. */
  readonly line: number
  readonly lastLine: number
  /** Byte offsets of the stored text: of all of it, where it is base64 of a pair or of a whole file. */
  readonly start: number
  readonly end: number
  readonly format: string
  readonly charset: Dress['charset']
}

/** Something that a scan has to leave alone. */
export interface Lookalike {
  readonly path: string
  readonly line: number
  readonly text: string
  readonly why: string
}

export interface Corpus {
  readonly files: readonly StoredFile[]
  readonly truths: readonly Truth[]
  readonly lookalikes: readonly Lookalike[]
}

const SHAPES: readonly Shape[] = [
  ...gitPlaces,
  ...netrcPlaces,
  ...jenkinsPlaces,
  ...ciPlaces,
  ...gitopsPlaces,
  ...terraformPlaces,
  ...infraPlaces,
  ...envPlaces,
  ...elsewherePlaces,
  ...reviewBotPlaces,
  ...botPlaces,
  ...composerPlaces,
  ...packagePlaces,
  ...pipelinePlaces,
  ...codePlaces,
  ...placeholderLookalikes,
  ...serviceLookalikes,
  ...sameToolLookalikes,
  ...noiseLookalikes,
]

/** The same seed gives the same bytes. Each file has its own chance, so that a new shape leaves the others as they were. */
export function makeCorpus(seed: number | string): Corpus {
  const files: StoredFile[] = []
  const truths: Truth[] = []
  const lookalikes: Lookalike[] = []
  for (const shape of SHAPES)
    for (let turn = 0; turn < shape.times; turn += 1) {
      const random = randomFrom(seedOf(`${seed}/${shape.name}/${shape.root}/${turn}`))
      const setting = settingFrom(random)
      const folder = folderOf(shape, setting, files.length)
      for (const file of [shape.make(setting)].flat()) add(file, folder, random)
    }
  return { files, truths, lookalikes }

  function add(file: CorpusFile, folder: string, random: Random): void {
    const path = `${folder}/${file.path}`
    if (file.bytes !== undefined) {
      files.push({ path, bytes: file.bytes })
      return
    }
    const dress = file.fixed === true ? PLAIN_DRESS : dressOf(file, random)
    const { bytes, spots } = assemble(file.text, dress)
    files.push({ path, bytes })
    for (const spot of spots) {
      truths.push(...truthsOf(spot, path, file.format, dress, truths.length))
      const { lookalike, stored } = spot.mark
      if (lookalike !== undefined) lookalikes.push({ path, line: spot.line, text: stored, why: lookalike.why })
    }
  }
}

/** One secret that occurs twice in one stored text is one place. */
function truthsOf(spot: Spot, path: string, format: string, { charset }: Dress, known: number): readonly Truth[] {
  const { start, end, line, lastLine, mark } = spot
  const different = mark.truths.filter(
    ({ secret }, index) => mark.truths.findIndex((other) => other.secret === secret) === index,
  )
  return different.map((label, index) => ({
    ...label,
    id: `t${known + index}`,
    path,
    line,
    lastLine,
    start,
    end,
    format,
    charset,
  }))
}

/** A number makes the folder unlike any other; the names are what such folders are called. */
function folderOf({ root }: Shape, { user, workspace, repo, between }: Setting, number: number): string {
  if (root === 'homes') return `homes/${user}-${number}`
  if (root === 'hosts') return `hosts/host${between(1, 40)}-${number}`
  return `projects/${workspace}/${repo}-${number}`
}

function dressOf({ charsets = [] }: CorpusFile, random: Random): Dress {
  const charset = random.chance(35) && charsets.length > 0 ? random.pick(charsets) : 'utf8'
  return {
    newline: random.chance(15) ? 'crlf' : 'lf',
    charset,
    finalNewline: !random.chance(12),
  }
}

/** Writes every file of the corpus below `folder`, which is made. */
export function writeCorpus({ files }: Corpus, folder: string): void {
  for (const { path, bytes } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), bytes)
  }
}
