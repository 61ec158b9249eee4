import type { Consumer } from '../../model/consumer.ts'
import { fieldDetector } from '../field-detector.ts'
import { urlsOfFiles, urlsOfVariables } from '../own-urls.ts'

/** Of pip, setuptools, pipenv, Poetry, uv, PDM, conda; `direct_url.json` is what pip notes down about an installed package. */
const FILES =
  /(^|[\\/])([^\\/]*(requirements|constraints)[^\\/]*\.(txt|in|pip)|requirements[\\/][^\\/]+\.(txt|in)|pyproject\.toml|pipfile(\.lock)?|(poetry|uv|pdm)\.lock|pylock(\.\w+)?\.toml|uv\.toml|pip\.(conf|ini)|setup\.(py|cfg)|tox\.ini|environment\.ya?ml|direct_url\.json)$/i

export const consumer: Consumer = {
  id: 'pip',
  title: 'pip, Poetry, uv and PDM',
  detector: fieldDetector({
    consumer: 'pip',
    keywords: ['bitbucket.org', 'http-basic'],
    fields: [
      // auth.toml of Poetry; a person chooses the name of the source.
      ...['bitbucket', 'bitbucket-cloud', 'bitbucket.org'].map((name) => ({
        secret: `http-basic/${name}/password`,
        username: [`http-basic/${name}/username`],
        operations: ['git-fetch'] as const,
      })),
    ],
    more: [
      urlsOfFiles(FILES),
      urlsOfVariables(/^(?:PIP|UV|PDM)_(?:EXTRA_|DEFAULT_)?INDEX(?:_URL)?$|^(?:PIP|UV)_FIND_LINKS$|^UV_INDEX_\w+_URL$/),
    ],
  }),
}
