import { type Draft, decoy, draft, type Mark } from '../draft.ts'
import { type CorpusFile, GIT, type Login, placesOf, type Setting, type Shape } from '../setting.ts'
import { loginUrl } from '../urls.ts'

const composer = placesOf('composer', GIT)

const satis = placesOf('packagist', GIT)

const npm = placesOf('npm/yarn/pnpm', GIT)

function composerJson(s: Setting, login: Login, encoding: 'json' | 'json-html-safe' = 'json'): Draft {
  return draft`{
    "http-basic": {
        "repo.packagist.example": { "username": "token", "password": "${decoy('other host', s.hex(40))}" },
        "bitbucket.org": {
            "username": "${login.username}",
            "password": "${composer.secret(login, encoding)}"
        }
    },
    "github-oauth": { "github.com": "${decoy('other service', `gh${'p_'}${s.hex(36)}`)}" }
}
`
}

const anyComposerLogin = (s: Setting): Login => (s.chance(60) ? s.app() : s.rest())

function composerAuthInEnv(s: Setting): CorpusFile {
  const login = anyComposerLogin(s)
  const { username } = login
  return s.pick<() => CorpusFile>([
    () => ({
      path: '.env',
      format: 'dotenv',
      text: draft`COMPOSER_AUTH='{"http-basic":{"bitbucket.org":{"username":"${username}","password":"${composer.secret(login, 'shell-single', 'json')}"}}}'\n`,
    }),
    () => ({
      path: 'ci/env.sh',
      format: 'shell',
      text: draft`export COMPOSER_AUTH="{\\"http-basic\\":{\\"bitbucket.org\\":{\\"username\\":\\"${username}\\",\\"password\\":\\"${composer.secret(login, 'shell-double', 'json')}\\"}}}"\n`,
    }),
    () => ({
      path: 'docker-compose.yml',
      format: 'yaml',
      text: draft`services:
  php:
    image: composer:2
    environment:
      COMPOSER_AUTH: '{"http-basic": {"bitbucket.org": {"username": "${username}", "password": "${composer.secret(login, 'yaml-single', 'json')}"}}}'
`,
    }),
    () => ({
      path: '.github/workflows/php.yml',
      format: 'yaml',
      text: draft`env:
  COMPOSER_AUTH: |
    {
      "http-basic": {
        "bitbucket.org": { "username": "${username}", "password": "${composer.secret(login, 'yaml-block', 'json')}" }
      }
    }
`,
    }),
    () => ({
      path: 'Dockerfile',
      format: 'dockerfile',
      text: draft`FROM composer:2
ENV COMPOSER_AUTH='{"http-basic":{"bitbucket.org":{"username":"${username}","password":"${composer.secret(login, 'json')}"}}}'
RUN composer install --no-dev
`,
    }),
  ])()
}

const integrity = (s: Setting): Mark => decoy('hash', Buffer.from(s.hex(64)).toString('base64'))

const resolvedUrl = (s: Setting, login: Login, path: string): Draft =>
  loginUrl(s, npm, login, { path: `${path}#${s.hex(40)}`, outer: ['json'] })

const LOCKS: readonly ((s: Setting, login: Login, path: string) => CorpusFile)[] = [
  (s, login, path) => ({
    path: 'package-lock.json',
    format: 'json',
    text: draft`{
  "name": "${s.repo}",
  "lockfileVersion": 3,
  "packages": {
    "node_modules/react": {
      "version": "18.3.1",
      "resolved": "https://registry.example.org/react/-/react-18.3.1.tgz",
      "integrity": "sha512-${integrity(s)}"
    },
    "node_modules/ui-kit": {
      "version": "2.1.0",
      "resolved": "git+${resolvedUrl(s, login, path)}"
    }
  }
}
`,
  }),
  (s, login, path) => ({
    path: 'yarn.lock',
    format: 'yarn-lock',
    text: draft`# yarn lockfile v1

"ui-kit@git+https://bitbucket.org${path}#v2.1.0":
  version "2.1.0"
  resolved "git+${resolvedUrl(s, login, path)}"

react@^18.3.0:
  version "18.3.1"
  integrity sha512-${integrity(s)}
`,
  }),
  (s, login, path) => ({
    path: 'pnpm-lock.yaml',
    format: 'yaml',
    text: draft`lockfileVersion: '9.0'
packages:
  ui-kit@2.1.0:
    resolution: {commit: ${s.hex(40)}, repo: "${loginUrl(s, npm, login, { path })}", type: git}
    version: 2.1.0
`,
  }),
]

function lockFiles(s: Setting): readonly CorpusFile[] {
  const login = s.git()
  const path = `/${s.workspace}/ui-kit.git`
  const manifest: CorpusFile = {
    path: 'package.json',
    format: 'json',
    text: draft`{
  "name": "${s.repo}",
  "version": "1.${s.between(0, 30)}.0",
  "dependencies": {
    "react": "^18.3.0",
    "ui-kit": "git+${loginUrl(s, npm, login, { path: `${path}#v2.1.0`, outer: ['json'] })}"
  }
}
`,
  }
  return [manifest, s.pick(LOCKS)(s, login, path)]
}

export const composerPlaces: readonly Shape[] = [
  {
    name: 'auth.json',
    root: 'projects',
    times: 26,
    make: (s) => ({
      path: 'auth.json',
      format: 'json',
      charsets: ['utf8-bom'],
      text: composerJson(s, anyComposerLogin(s), s.pick(['json', 'json-html-safe'] as const)),
    }),
  },
  {
    name: 'auth.json of a home',
    root: 'homes',
    times: 10,
    make: (s) => {
      const login = anyComposerLogin(s)
      return {
        path: s.pick(['.composer/auth.json', '.config/composer/auth.json']),
        format: 'json',
        text: draft`{"http-basic":{"bitbucket.org":{"username":"${login.username}","password":"${composer.secret(login, 'json')}"}}}`,
      }
    },
  },
  { name: 'COMPOSER_AUTH', root: 'projects', times: 26, make: composerAuthInEnv },
  {
    name: 'composer repositories and configuration by command',
    root: 'projects',
    times: 14,
    make: (s) => {
      const login = s.app()
      return s.chance(50)
        ? {
            path: s.pick(['composer.json', 'satis.json']),
            format: 'json',
            text: draft`{
    "name": "${s.workspace}/${s.repo}",
    "repositories": [
        { "type": "vcs", "url": "${loginUrl(s, satis, s.git(), { outer: ['json'] })}" }
    ]
}
`,
          }
        : {
            path: 'deploy/install.sh',
            format: 'shell',
            text: draft`composer config --global http-basic.bitbucket.org ${login.username} ${composer.secret(login)}\ncomposer install\n`,
          }
    },
  },
  { name: 'package.json and its lock file', root: 'projects', times: 22, make: lockFiles },
]
