import type { DocumentReader } from '../field-detector.ts'
import { foundAt } from '../field-detector.ts'
import { indexOf } from '../field-index.ts'
import { isIssued } from '../secret-text.ts'
import type { Variable } from '../variables.ts'

const SECRET = /^(?:BITBUCKET|BB)_\w*(?:PASSWORD|PASSWD|PASS|TOKEN|AUTH_STRING|AUTH|CREDENTIALS)$/
const OTHERS = /OAUTH|CLIENT|CONSUMER|SSH|SERVER|WEBHOOK|DATA_?CENTER|_DC_|OIDC/
const USER = ['BITBUCKET_USERNAME', 'BITBUCKET_USER', 'BITBUCKET_EMAIL', 'BB_USERNAME', 'BB_USER', 'BB_EMAIL']

/** How REST gives and takes variables: `{"key": …, "value": …, "secured": false}`. */
const LISTED = /"type":\s*"pipeline_variable"|"secured":\s*(?:true|false)/

/** `export NAME=value` of a script, variables of a pipe that is not known by name, and lists of variables. */
export function inScripts(files: RegExp): DocumentReader {
  return (each, { seal }) => {
    if (!files.test(each.path) && !LISTED.test(each.text)) return []
    const { variables, partnerOf } = indexOf(each)
    return variables.filter(isSecret).flatMap((variable) => {
      const { name, value } = variable
      // A name that begins with BB is used for other things as well.
      if (name.startsWith('BB_') && !isIssued(value.text, seal) && !value.text.includes(':')) return []
      const user = partnerOf(variable, USER)
      const reading = { form: 'pair or secret', operations: ['git-fetch', 'git-push', 'rest'], isGuess: true } as const
      return foundAt(reading, { keys: [name], value }, user?.value, { host: 'bitbucket.org' }, seal)
    })
  }
}

function isSecret({ name }: Variable): boolean {
  return SECRET.test(name) && !OTHERS.test(name)
}
