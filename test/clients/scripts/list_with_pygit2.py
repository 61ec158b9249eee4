"""Lists the references of a repository with libgit2. Username and secret are the lines of standard input."""

import sys
import tempfile

import pygit2

url, authority = sys.argv[1:]
username, secret = sys.stdin.read().split("\n")[:2]
pygit2.option(pygit2.GIT_OPT_SET_SSL_CERT_LOCATIONS, authority, None)
answers = pygit2.RemoteCallbacks(credentials=pygit2.UserPass(username, secret))

with tempfile.TemporaryDirectory() as folder:
    repository = pygit2.init_repository(folder, bare=True)
    remote = repository.remotes.create("origin", url)
    for reference in remote.ls_remotes(callbacks=answers, proxy=True):
        print(reference["name"])
