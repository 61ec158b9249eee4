import { type Draft, decoy, draft, joined } from '../draft.ts'
import { alone, type CorpusFile, GIT, type Login, placesOf, REST, type Setting, type Shape } from '../setting.ts'
import { loginUrl } from '../urls.ts'

const env = placesOf('docker.compose/env', REST)
const remote = placesOf('git.remote', GIT)
const netrc = placesOf('git.netrc', GIT)
const code = placesOf('code', REST)

const NAME = 'BITBUCKET_APP_PASSWORD'

/** The same two variables, as other systems spell an environment in YAML and JSON. */
const IN_CLOUDS: readonly ((s: Setting, login: Login) => CorpusFile)[] = [
  (_, login) => ({
    path: 'buildspec.yml',
    format: 'yaml',
    text: draft`version: 0.2
env:
  variables:
    BITBUCKET_USERNAME: "${login.username}"
    ${NAME}: "${env.secret(login)}"
phases: { build: { commands: [make] } }
`,
  }),
  (s, login) => ({
    path: '.travis.yml',
    format: 'yaml',
    text: draft`language: php
env:
  global:
    - BITBUCKET_USERNAME=${login.username}
    - ${NAME}=${env.secret(login)}
    - secure: "${decoy('encrypted', s.bytes(96).toString('base64'))}"
`,
  }),
  (_, login) => ({
    path: 'azure-pipelines.yml',
    format: 'yaml',
    text: draft`variables:
- name: BITBUCKET_USERNAME
  value: ${login.username}
- name: ${NAME}
  value: ${env.secret(login)}
steps:
- script: make
`,
  }),
  (s, login) => ({
    path: 'ecs/task-definition.json',
    format: 'json',
    text: draft`{
  "containerDefinitions": [{
    "name": "${s.repo}",
    "environment": [
      { "name": "BITBUCKET_USERNAME", "value": "${login.username}" },
      { "name": "${NAME}", "value": "${env.secret(login, 'json')}" }
    ]
  }]
}
`,
  }),
  (s, login) => ({
    path: 'serverless.yml',
    format: 'yaml',
    text: draft`provider:
  name: aws
  environment:
    BITBUCKET_USERNAME: ${login.username}
    ${NAME}: '${env.secret(login, 'yaml-single')}' # ${s.note()}
`,
  }),
  (s, login) => ({
    path: '.devcontainer/devcontainer.json',
    format: 'jsonc',
    text: draft`{
  // ${s.note()}
  "image": "mcr.microsoft.com/devcontainers/base",
  "containerEnv": {
    "BITBUCKET_USERNAME": "${login.username}",
    "${NAME}": "${env.secret(login, 'json')}", /* ask ${s.user} */
  },
}
`,
  }),
]

function cloudEnvironment(s: Setting): CorpusFile {
  const login = s.app()
  return s.pick(IN_CLOUDS)(s, login)
}

function daemons(s: Setting): CorpusFile {
  const login = s.app()
  const { username } = login
  return s.pick<() => CorpusFile>([
    () => ({
      path: `etc/supervisor/conf.d/${s.repo}.conf`,
      format: 'ini',
      text: draft`[program:${s.repo}]
command=/opt/${s.repo}/run
environment=BITBUCKET_USERNAME="${username}",${NAME}="${env.secret(login, 'systemd')}"
autostart=true
`,
    }),
    () => ({
      path: `Library/LaunchAgents/com.${s.workspace}.mirror.plist`,
      format: 'xml',
      text: draft`<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0">
<dict>
  <key>EnvironmentVariables</key>
  <dict>
    <key>BITBUCKET_USERNAME</key>
    <string>${username}</string>
    <key>${NAME}</key>
    <string>${env.secret(login, 'xml')}</string>
  </dict>
</dict>
</plist>
`,
    }),
    () => ({
      path: `etc/nomad/${s.repo}.hcl`,
      format: 'hcl',
      text: draft`job "${s.repo}" {
  group "app" {
    task "sync" {
      env {
        BITBUCKET_USERNAME = "${username}"
        ${NAME} = "${env.secret(login)}" // ${s.note()}
      }
    }
  }
}
`,
    }),
    () => ({
      path: 'srv/app/pm2.json',
      format: 'json',
      text: draft`{"apps":[{"name":"sync","env":{"NODE_ENV":"production","${NAME}":"${env.secret(alone(login), 'json')}"}}]}\n`,
    }),
    () => ({
      path: 'etc/profile.d/bitbucket.sh',
      format: 'shell',
      text: draft`export BITBUCKET_USERNAME=${username} ${NAME}=${env.secret(login, 'shell-bare')}\n`,
    }),
  ])()
}

function heredocs(s: Setting): CorpusFile {
  const login = s.app()
  return s.pick<() => CorpusFile>([
    () => ({
      path: 'instance.tf',
      format: 'hcl',
      text: draft`resource "aws_instance" "ci" {
  ami       = "ami-${s.hex(17)}"
  user_data = <<-EOF
    #!/bin/bash
    git clone ${loginUrl(s, remote, s.git())} /srv/app
  EOF
}
`,
    }),
    () => ({
      path: 'Vagrantfile',
      format: 'ruby',
      text: draft`Vagrant.configure("2") do |config|
  config.vm.provision "shell", inline: <<-SHELL
    echo "machine bitbucket.org login ${login.username} password ${netrc.secret(login)}" > /root/.netrc
  SHELL
end
`,
    }),
    () => ({
      path: 'docker/Dockerfile',
      format: 'dockerfile',
      text: draft`FROM alpine
RUN <<EOT
printf "machine bitbucket.org\\nlogin ${login.username}\\npassword ${netrc.secret(login)}\\n" > /root/.netrc
EOT
`,
    }),
    () => ({
      path: 'config/deploy.rb',
      format: 'ruby',
      text: draft`lock "~> 3.19"\nset :application, "${s.repo}"\nset :repo_url, "${loginUrl(s, remote, s.git())}"\n`,
    }),
  ])()
}

function records(s: Setting): CorpusFile {
  const url = (): Draft => loginUrl(s, remote, s.git())
  const rows = Array.from(
    { length: s.between(2, 6) },
    (_, index) => draft`${index + 1},${s.repo}-${index},"${url()}",active\n`,
  )
  return s.pick<() => CorpusFile>([
    () => ({
      path: 'data/repositories.csv',
      format: 'csv',
      charsets: ['utf8-bom', 'utf16le-bom'],
      text: draft`id,name,url,state\n${joined(rows)}`,
    }),
    () => ({
      path: 'backup/dump.sql',
      format: 'sql',
      text: draft`CREATE TABLE remotes (id int, url text);\nINSERT INTO remotes VALUES (1, '${url()}'), (2, 'https://github.com/${s.workspace}/x.git');\n`,
    }),
    () => ({
      path: 'logs/clone.log',
      format: 'text',
      text: draft`[12:00:0${s.between(0, 9)}] Cloning into '${s.repo}'...
[12:00:12] fatal: unable to access '${loginUrl(s, remote, s.git(), { path: `/${s.workspace}/${s.repo}.git/` })}': The requested URL returned error: 410
`,
    }),
    () => ({
      path: 'notebooks/setup.ipynb',
      format: 'json',
      text: draft`{
 "cells": [
  {
   "cell_type": "code",
   "metadata": {},
   "source": [
    "import os\\n",
    "!git clone ${loginUrl(s, remote, s.git(), { outer: ['json'] })}\\n",
    "print(\\"done\\")"
   ]
  }
 ],
 "nbformat": 4
}
`,
    }),
    () => ({
      path: 'docs/runbook.html',
      format: 'html',
      text: draft`<p>${s.note()}</p>\n<pre>git clone ${loginUrl(s, remote, s.git(), { outer: ['xml'] })}</pre>\n`,
    }),
  ])()
}

function postman(s: Setting): CorpusFile {
  const login = s.app()
  return {
    path: 'postman/bitbucket.postman_collection.json',
    format: 'json',
    text: draft`{
  "info": { "name": "Bitbucket" },
  "item": [{
    "name": "repositories",
    "request": {
      "auth": { "type": "basic", "basic": [
        { "key": "password", "value": "${code.secret(login, 'json')}", "type": "string" },
        { "key": "username", "value": "${login.username}", "type": "string" }
      ] },
      "url": "https://api.bitbucket.org/2.0/repositories/${s.workspace}"
    }
  }]
}
`,
  }
}

/** One person, many secrets: each is another one. */
function manyOfOne(s: Setting): CorpusFile {
  const lines = Array.from({ length: 8 }, (_, index) => {
    const login: Login = { ...s.app(), username: s.user }
    return draft`${loginUrl(s, placesOf('git.store', GIT), login, { path: `/${s.workspace}/${s.repo}-${index}.git` })}\n`
  })
  return { path: '.git-credentials', format: 'git-credentials', text: joined(lines) }
}

export const elsewherePlaces: readonly Shape[] = [
  { name: 'environment in clouds', root: 'projects', times: 40, make: cloudEnvironment },
  { name: 'environment of daemons', root: 'hosts', times: 30, make: daemons },
  { name: 'text in text', root: 'projects', times: 24, make: heredocs },
  { name: 'records and logs', root: 'projects', times: 34, make: records },
  { name: 'Postman', root: 'projects', times: 6, make: postman },
  { name: 'many secrets of one person', root: 'homes', times: 5, make: manyOfOne },
  {
    name: '.curlrc and .wgetrc',
    root: 'homes',
    times: 8,
    make: (s) => {
      const login = s.app()
      return {
        path: '.curlrc',
        format: 'text',
        text: draft`# for api.bitbucket.org\nurl = "https://api.bitbucket.org/2.0/repositories/${s.workspace}"\nuser = "${login.username}:${code.secret(login)}"\n`,
      }
    },
  },
]
