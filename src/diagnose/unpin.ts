import type { Repair } from '../model/diagnosis.ts'
import { baseOf, type PinnedUsername } from './git-target.ts'
import { shellWord } from './shell-word.ts'
import type { GitChain } from './trace-git.ts'

/** Takes away what decides the username, so that the stored credential does. */
export function unpin(chain: GitChain, pinned: PinnedUsername): readonly Repair[] {
  if (pinned.from !== 'url' && pinned.setting !== undefined) return [withoutSetting(pinned, pinned.setting)]
  if (pinned.from !== 'url')
    return [{ text: `Take the username out of the setting where it is made: ${pinned.where}.`, commands: [] }]
  if (pinned.remote === undefined)
    return [{ text: 'Ask git with the URL without the username.', commands: [`git ls-remote ${shellWord(chain.url)}`] }]
  return [
    setUrl(
      chain,
      pinned.remote,
      pinned.isPushUrl === true,
      'Take the username out of the URL of the remote; the stored credential then decides.',
    ),
  ]
}

export function setUrl(chain: GitChain, remote: string, isPushUrl: boolean, text: string): Repair {
  const folder = chain.folder === undefined ? '' : `-C ${shellWord(chain.folder)} `
  const push = isPushUrl ? '--push ' : ''
  return { text, commands: [`git ${folder}remote set-url ${push}${shellWord(remote)} ${shellWord(chain.url)}`] }
}

function withoutSetting(
  pinned: PinnedUsername,
  { file, key, value, line, isSecret }: NonNullable<PinnedUsername['setting']>,
): Repair {
  const elsewhere = key === 'credential.username' ? ', which it does for every host' : ''
  const text = `Remove the setting that names the user${elsewhere}.`
  if (isSecret === true)
    return {
      text: `A secret stands where the username belongs, so the command names the line and not the setting: ${pinned.where}. Delete the section above it as well.`,
      commands: line === undefined ? [] : [`sed -i ${line}d ${shellWord(file)}`],
    }
  const pattern = `^${value.replace(/[\\.*[\]^$+?(){}|]/g, '\\$&')}$`
  const remove = `git config --file ${shellWord(file)} --unset-all ${shellWord(key)} ${shellWord(pattern)}`
  const clean = cleanAlias(pinned, key, value)
  if (clean === undefined) return { text, commands: [remove] }
  return {
    text: 'Take the username out of the setting. The rest of it is needed, so it is written anew.',
    commands: [remove, `git config --file ${shellWord(file)} --add ${shellWord(clean)} ${shellWord(value)}`],
  }
}

/** `insteadOf = bb:` makes the URL; without it the remote would name nothing. */
function cleanAlias({ from }: PinnedUsername, key: string, value: string): string | undefined {
  if (from !== 'insteadOf') return undefined
  const base = baseOf({ key }).replace(/\/\/[^/]*@/, '//')
  return base === value ? undefined : `url.${base}${key.slice(key.lastIndexOf('.'))}`
}
