"""Lists the references of a repository with dulwich. Username and secret are the lines of standard input."""

import sys

from dulwich.client import HttpGitClient
from dulwich.config import ConfigDict

root, path, authority = sys.argv[1:]
username, secret = sys.stdin.read().split("\n")[:2]
config = ConfigDict()
config.set((b"http",), b"sslCAInfo", authority.encode())
client = HttpGitClient(root, username=username, password=secret, config=config)
for name in sorted(client.get_refs(path.encode())):
    print(name.decode())
