import { base64File, type Draft, decoy, draft } from '../draft.ts'
import type { Encoding } from '../encodings.ts'
import { alone, type CorpusFile, GIT, type Login, placesOf, REST, type Setting, type Shape } from '../setting.ts'
import { loginUrl } from '../urls.ts'
import { twoMachines } from './netrc.ts'

const env = placesOf('docker.compose/env', REST)
const envGit = placesOf('docker.compose/env', GIT)
const buildkit = placesOf('docker.buildkit', GIT)

const OTHERS = (s: Setting): Draft => {
  const [one, two] = [s.other(), s.other()]
  return draft`${one.name}=${one.value}\n${two.name}_2=${two.value}\n`
}

interface Names {
  readonly user: string
  readonly secret: string
}

const NAMES: readonly Names[] = [
  { user: 'BITBUCKET_USERNAME', secret: 'BITBUCKET_APP_PASSWORD' },
  { user: 'BITBUCKET_USER', secret: 'BITBUCKET_APP_PASSWORD' },
  { user: 'BB_USERNAME', secret: 'BB_APP_PASSWORD' },
  { user: 'BITBUCKET_APP_USERNAME', secret: 'BITBUCKET_APP_PASSWORD' },
]

const API_NAMES: readonly Names[] = [
  { user: 'BITBUCKET_EMAIL', secret: 'BITBUCKET_API_TOKEN' },
  { user: 'BITBUCKET_API_EMAIL', secret: 'BITBUCKET_API_TOKEN' },
  { user: 'BITBUCKET_USERNAME', secret: 'BITBUCKET_TOKEN' },
  { user: 'BITBUCKET_USERNAME', secret: 'BITBUCKET_PASSWORD' },
  { user: 'BB_USER', secret: 'BB_PASS' },
]

/** Names that say Bitbucket may hold any app password; the others only what its shape gives away. */
function named(s: Setting): { readonly names: Names; readonly login: Login } {
  return s.chance(50) ? { names: s.pick(NAMES), login: s.app() } : { names: s.pick(API_NAMES), login: s.shaped() }
}

const QUOTES: readonly (readonly [string, Encoding])[] = [
  ['', 'shell-bare'],
  ['"', 'shell-double'],
  ["'", 'shell-single'],
]

function dotenv(s: Setting): CorpusFile {
  const { names, login } = named(s)
  const [quote, encoding] = s.pick(QUOTES)
  const prefix = s.pick(['', '', 'export '])
  const gap = prefix === '' && s.chance(10) ? ' ' : ''
  return {
    path: s.pick(['.env', '.env.local', '.env.production', 'config/ci.env', 'docker/.env', 'bitbucket.env']),
    format: 'dotenv',
    charsets: ['utf8-bom', 'utf16le-bom'],
    text: draft`# ${s.note()}
${OTHERS(s)}
${prefix}${names.user}${gap}=${gap}${login.username}
${prefix}${names.secret}${gap}=${gap}${quote}${env.secret(login, encoding)}${quote}
LOG_LEVEL=debug
`,
  }
}

function compose(s: Setting): CorpusFile {
  const { names, login } = named(s)
  const list = s.chance(50)
  const quote = s.pick(['', '"'])
  const environment = list
    ? draft`      - ${names.user}=${login.username}
      - ${quote}${names.secret}=${env.secret(login, 'compose')}${quote}`
    : draft`      ${names.user}: ${login.username}
      ${names.secret}: ${quote}${env.secret(login, 'compose')}${quote}`
  return {
    path: s.pick(['docker-compose.yml', 'compose.yaml', 'docker-compose.prod.yml']),
    format: 'yaml',
    text: draft`services:
  worker:
    image: ${s.workspace}/${s.repo}:latest
    environment:
${environment}
      ${list ? '- ' : ''}TZ${list ? '=' : ': '}Europe/Berlin
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: ${decoy('other service', s.text('abcdefghij0123456789', 20))}
`,
  }
}

function dockerfile(s: Setting): CorpusFile {
  const login = s.app()
  const line = s.pick<() => Draft>([
    () => draft`ARG BITBUCKET_APP_PASSWORD=${buildkit.secret(alone(login))}`,
    () => draft`ENV BITBUCKET_USERNAME=${login.username} BITBUCKET_APP_PASSWORD=${buildkit.secret(login)}`,
    () => draft`ENV BITBUCKET_APP_PASSWORD ${buildkit.secret(alone(login))}`,
    () => draft`RUN git clone --depth 1 ${loginUrl(s, buildkit, s.git())} /src`,
    () => draft`RUN git config --global url."${loginUrl(s, buildkit, s.git(), { path: '/' })}".insteadOf https://bitbucket.org/ \\
 && npm ci`,
    () => draft`ADD ${loginUrl(s, buildkit, s.git(), { path: `/${s.workspace}/${s.repo}.git#main` })} /src`,
  ])()
  return {
    path: s.pick(['Dockerfile', 'docker/Dockerfile', 'Containerfile', 'build.Dockerfile']),
    format: 'dockerfile',
    text: draft`# syntax=docker/dockerfile:1
FROM node:20-alpine
# ${s.note()}
${line}
WORKDIR /src
CMD ["node", "server.js"]
`,
  }
}

function systemd(s: Setting): readonly CorpusFile[] {
  const login = s.app()
  if (s.chance(40))
    return [
      {
        path: `etc/default/${s.repo}`,
        format: 'dotenv',
        text: draft`BITBUCKET_USERNAME=${login.username}\nBITBUCKET_APP_PASSWORD=${env.secret(login)}\n`,
      },
      {
        path: `etc/systemd/system/${s.repo}.service`,
        format: 'systemd',
        text: draft`[Service]\nEnvironmentFile=/etc/default/${s.repo}\nExecStart=/opt/${s.repo}/run\n`,
      },
    ]
  const line = s.pick([
    draft`Environment=BITBUCKET_USERNAME=${login.username} "BITBUCKET_APP_PASSWORD=${env.secret(login, 'systemd')}"`,
    draft`Environment="BITBUCKET_USERNAME=${login.username}"
Environment='BITBUCKET_APP_PASSWORD=${env.secret(login, 'systemd')}'`,
    draft`ExecStartPre=/usr/bin/git -C /srv/app pull ${loginUrl(s, envGit, s.git(), { outer: ['systemd'] })}`,
  ])
  return [
    {
      path: s.pick([`etc/systemd/system/${s.repo}.service`, `etc/systemd/system/${s.repo}.service.d/override.conf`]),
      format: 'systemd',
      text: draft`[Unit]
Description=${s.repo}

[Service]
# ${s.note()}
${line}
ExecStart=/opt/${s.repo}/run
`,
    },
  ]
}

function crontab(s: Setting): CorpusFile {
  const login = s.app()
  const when = `${s.between(0, 59)} ${s.between(0, 23)} * * *`
  const line = s.pick([
    draft`${when} root cd /srv/app && git pull -q ${loginUrl(s, envGit, s.git(), { outer: ['crontab'] })} main`,
    draft`BITBUCKET_APP_PASSWORD=${env.secret(alone(login))}
${when} backup /usr/local/bin/mirror-all`,
    draft`${when} backup curl -sS -u ${login.username}:${env.secret(login, 'crontab')} https://api.bitbucket.org/2.0/repositories/${s.workspace} > /var/backups/repos.json`,
  ])
  return {
    path: s.pick(['etc/crontab', `etc/cron.d/${s.repo}`, 'var/spool/cron/root']),
    format: 'crontab',
    text: draft`SHELL=/bin/sh
PATH=/usr/bin:/bin
# ${s.note()}
${line}
`,
  }
}

function makefile(s: Setting): CorpusFile {
  const login = s.app()
  const assign = s.pick([':=', '=', '?=', '::='])
  return {
    path: s.pick(['Makefile', 'GNUmakefile', 'build/common.mk']),
    format: 'make',
    text: draft`BITBUCKET_USERNAME ${assign} ${login.username}
${s.pick(['', 'export '])}BITBUCKET_APP_PASSWORD ${assign} ${env.secret(login)}

deploy: build
\tgit push ${loginUrl(s, envGit, s.git())} HEAD:release
\t@echo done

.PHONY: deploy
`,
  }
}

export const envPlaces: readonly Shape[] = [
  { name: 'dotenv', root: 'projects', times: 44, make: dotenv },
  { name: 'compose', root: 'projects', times: 26, make: compose },
  { name: 'Dockerfile', root: 'projects', times: 24, make: dockerfile },
  { name: 'systemd', root: 'hosts', times: 20, make: systemd },
  { name: 'crontab', root: 'hosts', times: 18, make: crontab },
  { name: 'Makefile', root: 'projects', times: 16, make: makefile },
  {
    name: 'BuildKit header',
    root: 'projects',
    times: 10,
    make: (s) => ({
      path: 'scripts/build.sh',
      format: 'shell',
      text: draft`#!/bin/sh
export GIT_AUTH_HEADER="${s.pick(['basic', 'Basic'])} ${buildkit.pair(s.git())}"
docker buildx build --secret id=GIT_AUTH_HEADER https://bitbucket.org/${s.workspace}/${s.repo}.git
`,
    }),
  },
  {
    name: 'build context and arguments in compose',
    root: 'projects',
    times: 12,
    make: (s) => {
      const login = s.app()
      return {
        path: 'docker-compose.yml',
        format: 'yaml',
        text: draft`version: "3.8"
services:
  app:
    build:
      context: ${loginUrl(s, buildkit, s.git(), { outer: ['compose'] })}
      args:
        - BITBUCKET_APP_PASSWORD=${buildkit.secret(alone(login))}
`,
      }
    },
  },
  {
    name: 'docker run -e',
    root: 'projects',
    times: 12,
    make: (s) => {
      const { names, login } = named(s)
      return {
        path: 'scripts/run.sh',
        format: 'shell',
        text: draft`#!/bin/bash
docker run --rm \\
  -e ${names.user}=${login.username} \\
  -e ${names.secret}=${s.chance(50) ? draft`"${env.secret(login, 'shell-double')}"` : draft`${env.secret(login, 'shell-bare')}`} \\
  -e TZ=UTC ${s.workspace}/${s.repo}
`,
      }
    },
  },
  {
    name: 'shell profile',
    root: 'homes',
    times: 16,
    make: (s) => {
      const { names, login } = named(s)
      const [quote, encoding] = s.pick(QUOTES)
      return {
        path: s.pick(['.bashrc', '.zshrc', '.profile', '.config/fish/config.fish', '.bash_profile']),
        format: 'shell',
        text: draft`alias ll='ls -la'
export PATH="$HOME/bin:$PATH"
# bitbucket – ${s.note()}
export ${names.user}=${login.username}; export ${names.secret}=${quote}${env.secret(login, encoding)}${quote}
[ -f ~/.fzf.bash ] && source ~/.fzf.bash
`,
      }
    },
  },
  {
    name: 'shell history',
    root: 'homes',
    times: 16,
    make: (s) => {
      const login = s.app()
      return {
        path: s.pick(['.bash_history', '.zsh_history']),
        format: 'text',
        text: draft`cd ${s.repo}
git clone ${loginUrl(s, envGit, s.git())}
ls -la
curl -u ${login.username}:${env.secret(login)} https://api.bitbucket.org/2.0/user
git status
`,
      }
    },
  },
  {
    name: 'curl in scripts',
    root: 'projects',
    times: 26,
    make: (s) => {
      const login = s.app()
      const api = 'https://api.bitbucket.org/2.0/repositories'
      const call = s.pick<() => Draft>([
        () => draft`curl -s -u ${login.username}:${env.secret(login)} ${api}/${s.workspace}/${s.repo}`,
        () =>
          draft`curl --user "${login.username}:${env.secret(login, 'shell-double')}" "${api}/${s.workspace}?pagelen=100"`,
        () =>
          draft`curl -sSL --user '${login.username}:${env.secret(login, 'shell-single')}' -X POST "${api}/${s.workspace}/${s.repo}/downloads" -F files=@dist.zip`,
        () => draft`curl -H "Authorization: Basic ${env.pair(s.rest())}" ${api}/${s.workspace}/${s.repo}/refs`,
        () =>
          draft`curl --header 'Authorization: Bearer ${env.secret(alone(s.access()))}' ${api}/${s.workspace}/${s.repo}`,
        () =>
          draft`curl -O ${loginUrl(s, env, s.rest(), { host: REST, path: `/2.0/repositories/${s.workspace}/${s.repo}/downloads/app.zip` })}`,
        () =>
          draft`wget --user=${login.username} --password=${env.secret(login)} https://bitbucket.org/${s.workspace}/${s.repo}/get/main.zip`,
        () => draft`http -a ${login.username}:${env.secret(login)} ${api}/${s.workspace}`,
      ])()
      return {
        path: s.pick(['scripts/status.sh', 'bin/release', 'ops/list-repos.sh', 'tools/upload.bash']),
        format: 'shell',
        text: draft`#!/usr/bin/env bash
set -e
# ${s.note()}
${call}
exit 0
`,
      }
    },
  },
  {
    name: 'variables used further down',
    root: 'projects',
    times: 14,
    make: (s) => {
      const login = s.app()
      const [name, secret] = s.pick([
        ['BB_USER', 'BB_PASS'],
        ['GIT_USER', 'GIT_PASS'],
        ['USERNAME', 'APP_PASSWORD'],
      ] as const)
      return {
        path: 'scripts/mirror.sh',
        format: 'shell',
        text: draft`#!/bin/bash
${name}=${login.username}
${secret}="${env.secret(login, 'shell-double')}"
for repo in web api; do
  git clone --mirror "https://\${${name}}:\${${secret}}@bitbucket.org/${s.workspace}/$repo.git"
done
`,
      }
    },
  },
  {
    name: 'combined pair in a variable',
    root: 'projects',
    times: 16,
    make: (s) => {
      const login = s.app()
      const quote = s.pick(["'", '"', ''])
      return {
        path: s.pick(['.env', 'scripts/env.sh', 'ci/vars.env']),
        format: 'dotenv',
        text: draft`${OTHERS(s)}${s.pick(['', 'export '])}BB_AUTH_STRING=${quote}${login.username}:${env.secret(login)}${quote}
`,
      }
    },
  },
  {
    name: 'long line',
    root: 'projects',
    times: 6,
    make: (s) => {
      const login = s.app()
      const filler = s.text('abcdefghijklmnopqrstuvwxyz0123456789 ', s.between(20_000, 60_000))
      return {
        path: 'logs/build.json',
        format: 'json',
        text: draft`{"log":"${filler}","env":{"BITBUCKET_USERNAME":"${login.username}","BITBUCKET_APP_PASSWORD":"${env.secret(login, 'json')}"},"rest":"${filler}"}`,
      }
    },
  },
  {
    name: 'PowerShell and batch',
    root: 'projects',
    times: 14,
    make: (s) => {
      const login = s.app()
      const dos = s.chance(50)
      return {
        path: dos ? 'build.cmd' : 'build.ps1',
        format: dos ? 'batch' : 'powershell',
        charsets: dos ? [] : ['utf8-bom', 'utf16le-bom', 'utf16be-bom'],
        text: dos
          ? draft`@echo off\nset BITBUCKET_USERNAME=${login.username}\nset BITBUCKET_APP_PASSWORD=${env.secret(login)}\ncall deploy.cmd\n`
          : draft`$env:BITBUCKET_USERNAME = "${login.username}"
$env:BITBUCKET_APP_PASSWORD = '${env.secret(login)}'
git clone ${loginUrl(s, envGit, s.git())}
`,
      }
    },
  },
  {
    name: 'netrc of a container, wrapped base64',
    root: 'projects',
    times: 6,
    make: (s) => ({
      path: 'ci/netrc.b64',
      format: 'text',
      text: draft`${base64File(twoMachines(s), 76)}\n`,
      fixed: true,
    }),
  },
]
