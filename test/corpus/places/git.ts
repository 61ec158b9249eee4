import { decoy, draft, joined } from '../draft.ts'
import { GIT, placesOf, REST, type Shape, userinfoEncoding } from '../setting.ts'
import { loginUrl } from '../urls.ts'

const remote = placesOf('git.remote', GIT)
const insteadOf = placesOf('git.insteadOf', GIT)
const header = placesOf('git.extraHeader', GIT)
const store = placesOf('git.store', GIT)
const gcm = placesOf('git.gcm', GIT)
const askpass = placesOf('git.askpass', GIT)
const town = placesOf('dev.git-town', REST)

const CORE = '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n\tlogallrefupdates = true\n'

export const gitPlaces: readonly Shape[] = [
  {
    name: 'remote in .git/config',
    root: 'projects',
    times: 26,
    make: (s) => ({
      path: '.git/config',
      format: 'git-config',
      text: draft`${CORE}[remote "origin"]
\turl = ${loginUrl(s, remote, s.git())}
\tfetch = +refs/heads/*:refs/remotes/origin/*
[remote "github"]
\turl = https://github.com/${s.workspace}/${s.repo}.git
\tfetch = +refs/heads/*:refs/remotes/github/*
[branch "main"]
\tremote = origin
\tmerge = refs/heads/main
`,
    }),
  },
  {
    name: 'pushurl, quoted and with a comment',
    root: 'projects',
    times: 12,
    make: (s) => ({
      path: '.git/config',
      format: 'git-config',
      text: draft`${CORE}# ${s.note()}
[Remote "${s.pick(['origin', 'upstream', 'client "x"'.replaceAll('"', '\\"')])}"]
    URL = https://bitbucket.org/${s.workspace}/${s.repo}.git
    pushUrl = "${loginUrl(s, remote, s.git())}" ; ${s.note()}
    fetch = +refs/heads/*:refs/remotes/origin/*
`,
    }),
  },
  {
    name: 'submodules',
    root: 'projects',
    times: 10,
    make: (s) => {
      const module = s.repo === 'shared-lib' ? 'billing-api' : 'shared-lib'
      return [
        {
          path: '.gitmodules',
          format: 'git-config',
          text: draft`[submodule "vendor/${module}"]
\tpath = vendor/${module}
\turl = ${loginUrl(s, remote, s.git(), { path: `/${s.workspace}/${module}.git` })}
[submodule "vendor/theme"]
\tpath = vendor/theme
\turl = ../theme.git
`,
        },
        {
          path: `.git/modules/vendor/${module}/config`,
          format: 'git-config',
          text: draft`[core]
\tworktree = ../../../../vendor/${module}
[remote "origin"]
\turl = ${loginUrl(s, remote, s.git(), { path: `/${s.workspace}/${module}` })}
`,
        },
      ]
    },
  },
  {
    name: 'bare repository and worktree',
    root: 'hosts',
    times: 8,
    make: (s) => [
      {
        path: `srv/git/${s.repo}.git/config`,
        format: 'git-config',
        text: draft`[core]\n\tbare = true\n[remote "mirror"]\n\tmirror = true\n\turl=${loginUrl(s, remote, s.git())}\n`,
      },
      {
        path: `srv/work/${s.repo}/.git/config.worktree`,
        format: 'git-config',
        text: draft`[remote "origin"]\n\turl = ${loginUrl(s, remote, s.git())}\n[core]\n\tsparseCheckout = true\n`,
      },
    ],
  },
  {
    name: 'what git leaves behind: FETCH_HEAD and logs',
    root: 'projects',
    times: 6,
    make: (s) => ({
      path: '.git/FETCH_HEAD',
      format: 'text',
      text: draft`${s.hex(40)}\t\tbranch 'main' of ${loginUrl(s, remote, { ...s.shaped(), username: s.user }, { path: `/${s.workspace}/${s.repo}` })}\n`,
    }),
  },
  {
    name: 'insteadOf in ~/.gitconfig',
    root: 'homes',
    times: 16,
    make: (s) => {
      const login = s.git()
      return {
        path: s.pick(['.gitconfig', '.config/git/config', '.gitconfig-work']),
        format: 'git-config',
        charsets: ['utf8-bom'],
        text: draft`[user]
\tname = ${s.user}
\temail = ${s.email}
[url "https://${encodeURIComponent(login.username)}:${insteadOf.secret(login, userinfoEncoding(s, login))}@bitbucket.org/"]
\t${s.pick(['insteadOf', 'pushInsteadOf', 'insteadof'])} = ${s.pick(['https://bitbucket.org/', 'git@bitbucket.org:', 'ssh://git@bitbucket.org/'])}
[url "https://${s.user}@github.com/"]
\tinsteadOf = https://github.com/
[core]
\teditor = vim
`,
      }
    },
  },
  {
    name: 'insteadOf by environment',
    root: 'projects',
    times: 10,
    make: (s) => ({
      path: 'ci/git-env.sh',
      format: 'shell',
      text: draft`#!/bin/sh
export GIT_CONFIG_COUNT=1
export GIT_CONFIG_KEY_0="url.${loginUrl(s, insteadOf, s.git(), { path: '/' })}.insteadOf"
export GIT_CONFIG_VALUE_0="https://bitbucket.org/"
`,
    }),
  },
  {
    name: 'git config --global url',
    root: 'projects',
    times: 12,
    make: (s) => ({
      path: s.pick(['scripts/setup-git.sh', 'ci/prepare.sh', 'bin/bootstrap']),
      format: 'shell',
      text: draft`#!/usr/bin/env bash
set -euo pipefail
# ${s.note()}
git config --global url."${loginUrl(s, insteadOf, s.git(), { path: '/' })}".insteadOf "https://bitbucket.org/"
go mod download
`,
    }),
  },
  {
    name: 'http.extraHeader in a config',
    root: 'projects',
    times: 14,
    make: (s) => ({
      path: s.pick(['.git/config', '.git/config', '.gitconfig']),
      format: 'git-config',
      text: draft`[http "https://bitbucket.org/"]
\textraheader = AUTHORIZATION: ${s.pick(['Basic', 'basic'])} ${header.pair(s.git())}
[http]
\tsslVerify = true
`,
    }),
  },
  {
    name: 'http.extraHeader on the command line',
    root: 'projects',
    times: 14,
    make: (s) => ({
      path: s.pick(['ci/clone.sh', 'deploy/pull.sh']),
      format: 'shell',
      text: draft`#!/bin/bash
git -c ${s.pick(['http.extraHeader', 'http.https://bitbucket.org/.extraHeader'])}="Authorization: Basic ${header.pair(s.git())}" \\
  clone https://bitbucket.org/${s.workspace}/${s.repo}.git
`,
    }),
  },
  {
    name: 'bearer header of an access token',
    root: 'projects',
    times: 8,
    make: (s) => ({
      path: '.git/config',
      format: 'git-config',
      text: draft`[http "https://bitbucket.org"]
\textraHeader = "Authorization: Bearer ${header.secret({ ...s.access(), username: '' })}"
`,
    }),
  },
  {
    name: '.git-credentials',
    root: 'homes',
    times: 26,
    make: (s) => {
      const further = s.chance(30) ? draft`${loginUrl(s, store, s.git(), { path: '' })}\n` : draft``
      return {
        path: s.pick(['.git-credentials', '.git-credentials', '.config/git/credentials']),
        format: 'git-credentials',
        text: draft`https://${s.user}:${decoy('other service', `gh${'p_'}${s.hex(36)}`)}@github.com
${loginUrl(s, store, s.git(), { path: s.pick(['', '', `/${s.workspace}/${s.repo}.git`]) })}
${further}`,
      }
    },
  },
  {
    name: 'api host in .git-credentials',
    root: 'homes',
    times: 8,
    make: (s) => ({
      path: '.git-credentials',
      format: 'git-credentials',
      text: draft`${loginUrl(s, placesOf('git.store', REST), s.rest(), { host: REST, path: '' })}\n`,
    }),
  },
  {
    name: 'plain store of the credential manager',
    root: 'homes',
    times: 8,
    make: (s) => {
      const login = s.git()
      return {
        path: `.gcm/store/git/https/bitbucket.org/${login.username}.credential`,
        format: 'text',
        text: draft`${gcm.secret(login)}
service=https://bitbucket.org
account=${login.username}
`,
      }
    },
  },
  {
    name: 'askpass script',
    root: 'homes',
    times: 14,
    make: (s) => {
      const login = s.app()
      return {
        path: s.pick(['bin/git-askpass.sh', '.local/bin/bitbucket-askpass']),
        format: 'shell',
        text: draft`#!/bin/sh
# GIT_ASKPASS for https://bitbucket.org, ${s.note()}
case "$1" in
  Username*bitbucket.org*) echo ${s.pick([login.username, `"${login.username}"`])} ;;
  Password*bitbucket.org*) ${s.pick(['echo', 'printf "%s\\n"'])} '${askpass.secret(login, 'shell-single')}' ;;
esac
`,
      }
    },
  },
  {
    name: 'helper function in the config',
    root: 'homes',
    times: 12,
    make: (s) => {
      const login = s.app()
      return {
        path: '.gitconfig',
        format: 'git-config',
        text: draft`[credential "https://bitbucket.org"]
\thelper = "!f() { echo username=${login.username}; echo password=${askpass.secret(login)}; }; f"
[credential "https://github.com"]
\thelper = !gh auth git-credential
`,
      }
    },
  },
  {
    name: 'git-town',
    root: 'projects',
    times: 12,
    make: (s) => {
      const login = s.rest()
      const key = login.kind === 'api-token' ? 'api-token' : 'app-password'
      return s.chance(50)
        ? {
            path: '.git/config',
            format: 'git-config',
            text: draft`[git-town]
\tmain-branch = main
\tbitbucket-username = ${login.username}
\tbitbucket-${key} = ${town.secret(login)}
\tperennial-regex = release-.*
`,
          }
        : {
            path: '.envrc',
            format: 'shell',
            text: draft`export GIT_TOWN_BITBUCKET_USERNAME=${login.username}
export GIT_TOWN_BITBUCKET_${key === 'api-token' ? 'API_TOKEN' : 'APP_PASSWORD'}=${town.secret(login)}
`,
          }
    },
  },
  {
    name: 'piped into git credential',
    root: 'projects',
    times: 8,
    make: (s) => {
      const login = s.git()
      const plain = { ...login, ...(login.kind === 'password' ? s.app() : {}) }
      return {
        path: 'scripts/login.sh',
        format: 'shell',
        text: joined([
          draft`#!/bin/sh\ngit credential approve <<EOF\nprotocol=https\nhost=bitbucket.org\n`,
          draft`username=${plain.username}\npassword=${askpass.secret(plain)}\nEOF\n`,
        ]),
      }
    },
  },
]
