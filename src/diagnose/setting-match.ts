import type { RepositoryUrl } from '../bitbucket/repository-url.ts'
import type { GitSetting } from './git-settings.ts'

export function matching(
  settings: readonly GitSetting[],
  section: string,
  name: string,
  target: RepositoryUrl,
): GitSetting[] {
  return settings.filter(({ key }) => {
    if (key === `${section}.${name}`) return true
    if (!key.startsWith(`${section}.`) || !key.endsWith(`.${name}`)) return false
    return coversUrl(key.slice(section.length + 1, -name.length - 1), target)
  })
}

export function lastMatching(
  settings: readonly GitSetting[],
  section: string,
  name: string,
  target: RepositoryUrl,
): GitSetting | undefined {
  return matching(settings, section, name, target).at(-1)
}

/** The rule of git-config, `http.<url>.*`: same scheme, host (with `*`) and port; the path is a prefix at a slash; a user must be equal. */
function coversUrl(pattern: string, target: RepositoryUrl): boolean {
  const written = pattern.includes('://') ? pattern : `https://${pattern}`
  if (!URL.canParse(written)) return false
  const [wanted, url] = [new URL(written), new URL(target.bare)]
  const path = wanted.pathname.replace(/\/$/, '')
  const host = new RegExp(`^${wanted.host.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^.]+')}$`)
  if (wanted.protocol !== url.protocol || !host.test(url.host)) return false
  if (wanted.username !== '' && decodeURIComponent(wanted.username) !== target.username) return false
  return url.pathname === path || url.pathname.startsWith(`${path}/`)
}

export function whereOf({ file, line, scope, key }: GitSetting): string {
  if (file === undefined) return `${key} (${scope === 'command' ? 'environment or command line' : scope})`
  return line === undefined ? file : `${file}:${line}`
}
