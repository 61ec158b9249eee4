import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKeyturn } from '../../src/index.ts'
import type { Place } from '../../src/model/place.ts'
import type { Seal } from '../../src/model/secret.ts'
import { type Corpus, writeCorpus } from './generate.ts'
import { type Finding, type Score, scoreOf } from './score.ts'

export interface Scanned {
  readonly score: Score
  /** All that the scan hands out, as text. */
  readonly shown: string
}

/** Writes the corpus to a folder of its own, reads it as `keyturn scan` does, and compares. */
export async function scanCorpus(corpus: Corpus): Promise<Scanned> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-corpus-'))
  try {
    const files = join(folder, 'files')
    writeCorpus(corpus, files)
    const keyturn = await openKeyturn({ environment: process.env, home: join(folder, 'state') })
    const { places, unanswered, unread } = await keyturn.scan({ paths: [files] })
    const found = places.flatMap((place) => findingOf(place, files, keyturn.context.seal) ?? [])
    const score = scoreOf(corpus.truths, corpus.lookalikes, found)
    return { score, shown: JSON.stringify({ places, unanswered, unread }) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function findingOf(
  { at, consumer, line = 0, secret, username }: Place,
  folder: string,
  seal: Seal,
): Finding | undefined {
  if (at.kind !== 'file' || secret?.value === undefined) return undefined
  const { value, kind, span } = secret
  return {
    path: at.path.slice(folder.length + 1),
    line,
    ...(span === undefined ? {} : { start: span[0] }),
    secret: (text) => seal(text).equals(value),
    ...(username === undefined ? {} : { username: username.text }),
    consumer,
    kind,
  }
}
