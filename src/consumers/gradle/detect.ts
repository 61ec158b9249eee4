import { urlsIn } from '../../formats/embedded-urls.ts'
import type { Field } from '../../formats/field.ts'
import { isBitbucketHost } from '../bitbucket-hosts.ts'
import { type DocumentReader, type Found, foundAt } from '../field-detector.ts'
import { type PackageRepository, packageRepositoryAt } from '../package-repository.ts'

/** `maven { url "…"; credentials { username "…"; password "…" } }`, in Groovy and in Kotlin. */
export function inCredentialBlocks(files: RegExp): DocumentReader {
  return (each, { seal }) => {
    if (!files.test(each.path)) return []
    return each.fields.flatMap((field, index): readonly Found[] => {
      if (!isOf(field, 'password')) return []
      const block = blockAround(each.text, field.extent[0], 2)
      const repository = repositoryIn(each.text.slice(...block))
      if (repository === undefined) return []
      // A user stands in the same block, in front of the password or behind it.
      const inner = blockAround(each.text, field.extent[0], 1)
      const user = [each.fields[index - 1], each.fields[index + 1]].find(
        (other) =>
          other !== undefined && isOf(other, 'username') && inner[0] < other.extent[0] && other.extent[0] < inner[1],
      )
      const at = { keys: ['credentials', 'password'], value: field.value }
      return foundAt(repository, at, user?.value, repository.whom, seal)
    })
  }
}

function isOf({ keys }: Field, name: string): boolean {
  return keys.at(-1) === name && keys.at(-2) === 'credentials'
}

function repositoryIn(block: string): PackageRepository | undefined {
  const [url, ...more] = urlsIn(block)
  if (url === undefined || more.some(({ url: { host } }) => host !== url.url.host)) return undefined
  return isBitbucketHost(url.url.host) ? packageRepositoryAt(block.slice(url.from, url.to)) : undefined
}

const FURTHEST = 4000

/** The block of braces around an offset, `depth` levels out, with the line on which it opens. */
function blockAround(text: string, at: number, depth: number): readonly [from: number, to: number] {
  let open = at
  for (let left = depth; left > 0 && open > Math.max(0, at - FURTHEST); ) {
    open--
    if (text[open] === '}') left++
    if (text[open] === '{') left--
  }
  let close = at
  for (let left = depth; left > 0 && close < Math.min(text.length, at + FURTHEST); close++) {
    if (text[close] === '{') left++
    if (text[close] === '}') left--
  }
  return [text.lastIndexOf('\n', open) + 1, close]
}
