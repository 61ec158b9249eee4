#!/bin/sh
set -eu
. ./.env
API=https://api.bitbucket.org/2.0/repositories/acme/app
git push --tags "https://$BB_USER:$BITBUCKET_TOKEN@bitbucket.org/acme/app.git"
curl -fsS -u "$BB_USER:$BITBUCKET_TOKEN" -F files=@app.zip "$API/downloads"
