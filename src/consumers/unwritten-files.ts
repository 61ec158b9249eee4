import type { Location } from '../model/place.ts'

/** Files whose bytes are not what is used, and what to do instead. Paths with either separator. */
const UNWRITTEN: readonly (readonly [path: RegExp, reason: string])[] = [
  [
    /\.tfstate(?:\.\d+)?(?:\.backup)?$/,
    'Terraform writes its state itself; change the configuration or the variable, then run terraform apply',
  ],
  [
    /[\\/]\.terraform[\\/]/,
    'terraform init writes this folder from the sources; change those, then run terraform init again',
  ],
  [
    /_history(?:\.txt)?$|[\\/]\.(?:zhistory|histfile|history)$|[\\/]\.(?:zsh|bash)_sessions[\\/][^\\/]+$/,
    'a shell keeps what was typed; nothing reads the credential from there, so delete the line',
  ],
  [/\.log(?:\.\d+)?$|[\\/]builds[\\/][^\\/]+[\\/]log$/, 'a log says what was; nothing reads the credential from there'],
  [/\.har$/, 'a recording of a browser says what was sent; nothing reads the credential from there'],
  [
    // Those of submodules, of working trees and of bare repositories, too.
    /\.git[\\/](?:(?:modules|worktrees)[\\/].*)?(?:logs[\\/](?:HEAD|refs[\\/].*)|ORIG_HEAD|COMMIT_EDITMSG|packed-refs|objects[\\/].*)$|[\\/]FETCH_HEAD$/,
    'git writes this file itself; nothing reads the credential from there',
  ],
  [
    /[\\/](?:node_modules|site-packages|__pycache__|\.venv)[\\/]/,
    'it is an installed copy, which the package manager writes again; change the manifest, then install again',
  ],
]

/** Why keyturn does not write this file; absent: it does. */
export function unwrittenFile(at: Location): string | undefined {
  return at.kind === 'url' ? undefined : UNWRITTEN.find(([pattern]) => pattern.test(at.path))?.[1]
}
