import type { Repair } from '../../model/diagnosis.ts'
import type { BrokenUrl } from '../broken-url.ts'
import { found } from '../found.ts'
import { storeWithGit } from '../repairs.ts'
import type { Rule } from '../rule.ts'
import { chainOf, no, YES } from '../sample-facts.ts'
import { shellWord } from '../shell-word.ts'
import type { GitChain } from '../trace-git.ts'
import { setUrl } from '../unpin.ts'

const ID = 'broken-url'
const BROKEN: BrokenUrl = {
  character: '@',
  clean: 'https://bitbucket.org/acme/app.git',
  where: '/home/ci/app/.git/config:7',
  remote: 'origin',
}

/** Programs that take the last `@` accept such a URL, so that the same line works in one tool and fails in git. */
export const brokenUrl: Rule = {
  id: ID,
  judges: 'route',
  source: 'RFC 3986, 3.2.1; github.com/PrefectHQ/prefect/issues/19424; measured with git 2.39.5 and curl 7.88',
  examples: [
    { when: 'the URL of the remote holds a raw @', given: { chain: chainOf([], { broken: BROKEN }) }, gives: 'D134' },
    {
      when: 'a helper holds a credential behind it',
      given: { chain: chainOf([{}], { broken: BROKEN }), answers: { 'git-configured': YES } },
      gives: 'D134',
    },
    {
      when: 'the URL is whole',
      given: { chain: chainOf([{}]), answers: { 'git-configured': no('unauthorized') } },
      gives: 'pass',
    },
  ],
  decide: (facts) => {
    const { chain, jenkins } = facts
    if (chain?.broken === undefined || jenkins !== undefined) return undefined
    const { where, character } = chain.broken
    return found(facts, ID, 'D134', {
      details: { where, character },
      evidence: [
        {
          asked: `Where does the host begin in ${where}?`,
          answered: `Git and curl look for it at the first @ and end it at the first /, ? or #. Other tools take the last @. Here ${character} comes too early.`,
        },
      ],
      repairs: repairs(chain, chain.broken),
    })
  },
}

/** What is stored and dead is the next diagnosis. */
function repairs(chain: GitChain, broken: BrokenUrl): readonly Repair[] {
  const clean = cleanUrl(chain, broken)
  if (chain.sources.some(({ standing }) => standing === 'sent first')) return [clean, LEAKED]
  const store = storeWithGit(chain.url, chain)
  return [clean, { ...store, text: `${store.text} ${SAME_TOKEN}` }, LEAKED]
}

function cleanUrl(chain: GitChain, { remote, isPushUrl, line, where }: BrokenUrl): Repair {
  if (remote !== undefined)
    return setUrl(chain, remote, isPushUrl === true, 'Take the username and the secret out of the URL of the remote.')
  if (line !== undefined)
    return {
      text: `Remove the setting that makes the URL: ${where}. The command names its line, because the section above it holds the secret. Delete that section as well.`,
      commands: [`sed -i ${line.number}d ${shellWord(line.file)}`],
    }
  return { text: 'Ask git with the URL without userinfo.', commands: [`git ls-remote ${shellWord(chain.url)}`] }
}

const SAME_TOKEN = 'The secret that was in the URL may still be right.'
const LEAKED: Repair = {
  text: 'Git prints such a URL whole in its error, secret included. If that went into a log, replace the secret.',
  commands: [],
}
