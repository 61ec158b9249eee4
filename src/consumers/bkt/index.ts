import type { Consumer } from '../../model/consumer.ts'
import { inCommands } from '../command-options.ts'
import { fieldDetector } from '../field-detector.ts'
import { SIGNS } from '../signs.ts'

const LOGIN = { secret: ['--token'], username: ['--username'], operations: ['rest'] } as const

export const consumer: Consumer = {
  id: 'bkt',
  title: 'bkt',
  detector: fieldDetector({
    consumer: 'bkt',
    keywords: SIGNS,
    variables: [
      {
        variable: 'BKT_TOKEN',
        username: ['BKT_USERNAME'],
        where: [['BKT_HOST', /^(?:https?:\/\/)?(?:api\.)?bitbucket\.org(?:[:/]|$)/i]],
        operations: ['rest'],
      },
      // The host may stand in its configuration; what else is there has to tell.
      {
        variable: 'BKT_TOKEN',
        username: ['BKT_USERNAME'],
        where: [['BKT_HOST', /^$/]],
        needs: /\bbitbucket\.org\b|--kind[= ]cloud\b/,
        operations: ['rest'],
      },
    ],
    more: [
      inCommands([
        { ...LOGIN, command: /\bbkt\s+auth\s+login\b/g },
        {
          ...LOGIN,
          command: /\bbkt\s+auth\s+login\b/g,
          where: [['--kind', /^cloud$/]],
          whom: { host: 'api.bitbucket.org' },
        },
      ]),
    ],
  }),
}
