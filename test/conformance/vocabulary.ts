import { rows } from './row.ts'

/** Words that a message of a server is made of, besides those of the sentences that the rows expect. */
const common = `
a about accept accepted access account accounts action add address administrator admin again all allow allowed allowlist an and any api
apis app are as ask at attempt attempts authenticate authenticated authentication authorization authorized available bad bare
basic be bearer because been before blocked but by can cannot change changed check client code contact content could create
credential credentials data date deleted denied deprecated disabled does email enable enabled error exceeded exist expired
expires fail failed failure field find for forbidden format found free from functionality generate git granted group has have
header help hosted http if in incorrect information internal invalid ip is issue it its key later least limit limited link
location log login logged longer malformed may member message method method-not-allowed missing must need needs new no not
number of on only operation or organization other our owner page parameter password passwords path permission permissions
plan please policy private privilege privileges project provided public rate read refer removed repo replaced repository
repositories request requested requests require required requires resource resources restricted retry revoked scope scopes
secret server service should sign site specified still such support supported suspended temporarily that the this then there
they to token tokens too try two-step type unable unauthorized unavailable unexpected unknown unsupported upgrade url use used
user username users using valid value verification verify was we web when whitelist will with without workspace workspaces
write wrong you your
`

const plain = (word: string): string => word.toLowerCase().replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')

const sentences = rows.flatMap(({ expected: { body } }) => {
  if (body.kind === 'text') return [body.text]
  return body.kind === 'json' && body.message !== undefined ? [body.message] : []
})

const known = new Set([common, ...sentences].flatMap((text) => text.split(/\s+/)).map(plain))

/** Pages of Atlassian about Bitbucket, and the numbers of its changes, name nobody. */
const isPublic = (word: string): boolean =>
  /^CHANGE-\d+$/.test(word) || /^https:\/\/(developer|support)\.atlassian\.com\/[A-Za-z0-9/_.#-]*$/.test(word)

const longest = 600

/** A text with every word that is not in the vocabulary replaced: a name, an address or a secret is never in it. */
export const knownWordsOf = (text: string): string =>
  text
    .slice(0, longest)
    .split(/(\s+)/)
    .map((word) => (/^\s*$/.test(word) || known.has(plain(word)) || isPublic(word) ? word : '□'))
    .join('')
    .trim()
