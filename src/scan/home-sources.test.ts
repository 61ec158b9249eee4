import { describe, expect, it } from 'vitest'
import { homeSources } from './home-sources.ts'

const sources = (environment: Readonly<Record<string, string>>): readonly string[] =>
  homeSources('/home/alice', { GIT_CONFIG_NOSYSTEM: '1', ...environment })

describe('a whole home', () => {
  it('is the folder, and what variables name outside of it, each once', () => {
    expect(sources({})).toEqual(['/home/alice'])
    expect(
      sources({
        XDG_CONFIG_HOME: '/data/alice/config',
        DOCKER_CONFIG: '/data/alice/config/docker',
        NETRC: '/home/alice/secrets/netrc',
        KUBECONFIG: '/srv/one:/home/alice/.kube/config:/srv/two:',
        GIT_CONFIG_GLOBAL: '/srv/../srv/one',
      }),
    ).toEqual(['/home/alice', '/data/alice/config', '/srv/one', '/srv/two'])
  })

  it('takes no relative path, no empty one, and never the whole disk', () => {
    expect(sources({ NETRC: 'netrc', XDG_CONFIG_HOME: '', DOCKER_CONFIG: '/' })).toEqual(['/home/alice'])
  })

  it('has the configuration of git for all users, unless git is told to leave it', () => {
    expect(homeSources('/home/alice', {})).toEqual(['/home/alice', '/etc/gitconfig'])
  })
})
