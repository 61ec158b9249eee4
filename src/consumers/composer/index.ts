import type { Consumer } from '../../model/consumer.ts'
import { type FoundArguments, inArguments } from '../command-options.ts'
import { fieldDetector } from '../field-detector.ts'
import { hostOfKey } from '../key-pattern.ts'

const COMMAND = /\bcomposer(?:\.phar)?\s[^\n;|&]{0,200}?\bconfig\b/g

/** `composer config --auth http-basic.bitbucket.org USER SECRET`, `bearer.bitbucket.org SECRET`. */
function settingIn(words: readonly string[]): FoundArguments | undefined {
  for (const [index, word] of words.entries()) {
    const [, kind, host = ''] = /^(http-basic|bearer)\.(.+)$/.exec(word) ?? []
    const known = hostOfKey(host)
    if (known === undefined) continue
    const whom = { host: known }
    return kind === 'bearer'
      ? { name: word, secret: index + 1, whom }
      : { name: `${word}.password`, username: index + 1, secret: index + 2, whom }
  }
  return undefined
}

export const consumer: Consumer = {
  id: 'composer',
  title: 'Composer',
  detector: fieldDetector({
    consumer: 'composer',
    keywords: ['http-basic', 'bearer'],
    fields: [
      // auth.json, the `config` of composer.json, and COMPOSER_AUTH, which is the same JSON in a variable.
      {
        secret: '**/http-basic/{host}/password',
        username: ['**/http-basic/{host}/username'],
        operations: ['rest', 'git-fetch'],
      },
      { secret: '**/bearer/{host}', operations: ['rest'] },
    ],
    more: [inArguments({ command: COMMAND, find: settingIn, operations: ['rest', 'git-fetch'] })],
  }),
}
