import { base64File, type Draft, decoy, draft } from '../draft.ts'
import { GIT, placesOf, REST, type Setting, type Shape } from '../setting.ts'

const onGit = placesOf('git.netrc', GIT)
const onRest = placesOf('git.netrc', REST)
const forGo = placesOf('go', GIT)
const forGoRest = placesOf('go', REST)

const NAMES = ['.netrc', '.netrc', '.netrc', '_netrc', 'netrc'] as const

function otherMachine(s: Setting): Draft {
  return draft`machine ${s.pick(['github.com', 'gitlab.example.com', 'api.heroku.com'])}
  login ${s.user}
  password ${decoy('other host', s.text('abcdefghijklmnopqrstuvwxyz0123456789', 20))}
`
}

/** Both hosts, as Go and the REST tools want it. */
export function twoMachines(s: Setting, git = onGit, rest = onRest): Draft {
  return draft`machine bitbucket.org
login ${s.user}
password ${git.secret({ ...s.app(), username: s.user })}

machine api.bitbucket.org
login ${s.user}
password ${rest.secret({ ...s.app(), username: s.user })}
`
}

export const netrcPlaces: readonly Shape[] = [
  {
    name: 'netrc on one line',
    root: 'homes',
    times: 20,
    make: (s) => {
      const login = s.git()
      return {
        path: s.pick(NAMES),
        format: 'netrc',
        text: draft`${s.chance(40) ? otherMachine(s) : ''}machine bitbucket.org login ${login.username} password ${onGit.secret(login)}\n`,
      }
    },
  },
  {
    name: 'netrc on many lines',
    root: 'homes',
    times: 24,
    make: (s) => {
      const login = s.git()
      const gap = s.pick(['\n  ', '\n\t', '\n', '\n    ', '\n\n  '])
      return {
        path: s.pick(NAMES),
        format: 'netrc',
        text: draft`${otherMachine(s)}
# ${s.note()}
machine bitbucket.org${gap}login ${login.username}${gap}password ${onGit.secret(login)}

${otherMachine(s)}`,
      }
    },
  },
  {
    name: 'netrc with password first, account and macro',
    root: 'homes',
    times: 10,
    make: (s) => {
      const login = s.git()
      return {
        path: '.netrc',
        format: 'netrc',
        text: draft`macdef init
  cd /pub
  mget *

machine bitbucket.org
\tpassword ${onGit.secret(login)}
\taccount ${s.workspace}
\tlogin ${login.username}
default login anonymous password ${s.email}
`,
      }
    },
  },
  {
    name: 'netrc of the REST host',
    root: 'homes',
    times: 16,
    make: (s) => {
      const login = s.rest()
      return {
        path: s.pick(NAMES),
        format: 'netrc',
        text: draft`machine api.bitbucket.org login ${login.username} password ${onRest.secret(login)}\n`,
      }
    },
  },
  {
    name: 'netrc in quotes',
    root: 'homes',
    times: 8,
    make: (s) => {
      const login = s.git()
      return {
        path: '.netrc',
        format: 'netrc',
        text: draft`machine "bitbucket.org" login "${login.username}" password "${onGit.secret(login)}"\n`,
      }
    },
  },
  {
    name: 'netrc of both hosts',
    root: 'homes',
    times: 14,
    make: (s) => ({ path: '.netrc', format: 'netrc', text: twoMachines(s) }),
  },
  {
    name: 'netrc for a container',
    root: 'projects',
    times: 10,
    make: (s) => {
      const login = s.git()
      return {
        path: s.pick(['docker/.netrc', 'build/netrc', 'secrets/.netrc']),
        format: 'netrc',
        text: draft`machine bitbucket.org\nlogin ${login.username}\npassword ${onGit.secret(login)}\n`,
      }
    },
  },
  {
    name: 'netrc that a script writes',
    root: 'projects',
    times: 14,
    make: (s) => {
      const login = s.app()
      const text = s.pick([
        draft`#!/bin/sh
cat > ~/.netrc <<EOF
machine bitbucket.org
login ${login.username}
password ${onGit.secret(login)}
EOF
chmod 600 ~/.netrc
`,
        draft`#!/bin/bash
# ${s.note()}
echo "machine bitbucket.org login ${login.username} password ${onGit.secret(login)}" > ~/.netrc
chmod 600 ~/.netrc
`,
        draft`#!/bin/bash
printf 'machine bitbucket.org\\n  login ${login.username}\\n  password ${onGit.secret(login)}\\n' >> "$HOME/.netrc"
`,
      ])
      return { path: s.pick(['ci/netrc.sh', 'scripts/auth.sh']), format: 'shell', text }
    },
  },
  {
    name: 'Go: netrc for both hosts beside go.mod',
    root: 'projects',
    times: 10,
    make: (s) => [
      {
        path: 'go.mod',
        format: 'text',
        text: draft`module bitbucket.org/${s.workspace}/${s.repo}\n\ngo 1.23\n\nrequire bitbucket.org/${s.workspace}/shared-lib v1.4.2\n`,
      },
      { path: '.netrc', format: 'netrc', text: twoMachines(s) },
    ],
  },
  {
    name: 'Go: a Dockerfile that writes it',
    root: 'projects',
    times: 12,
    make: (s) => {
      const login = s.app()
      return {
        path: s.pick(['Dockerfile', 'build/Dockerfile.ci']),
        format: 'dockerfile',
        text: draft`FROM golang:1.23 AS build
ENV GOPRIVATE=bitbucket.org/${s.workspace}/*
RUN echo "machine bitbucket.org login ${login.username} password ${forGo.secret(login)}" > /root/.netrc && \\
    echo "machine api.bitbucket.org login ${login.username} password ${forGoRest.secret(login)}" >> /root/.netrc
COPY go.mod go.sum ./
RUN go mod download
`,
      }
    },
  },
  {
    name: 'netrc as base64 in a variable',
    root: 'projects',
    times: 10,
    make: (s) => ({
      path: '.env',
      format: 'dotenv',
      text: draft`NETRC_BASE64=${base64File(twoMachines(s))}\n`,
    }),
  },
]
