#!/bin/sh
# What is known of the packages that are shipped: advisories of weight for those of npm (service, board, client), and fixes that the base of the image
# lacks. Ends with 0 where nothing is known, 1 where something is, 2 where it could not be looked at.
#   npm run scan -- [packages] [image]      both unless one is named; IMAGE=torikomi:local is looked into
set -eu
cd "$(dirname "$0")/.."
found=0 unseen=0

packages() {
  for folder in . src/board clients/typescript; do
    # A registry that has packages alone answers without advisories, which is not the same as none.
    if said=$(cd "$folder" && npm audit --omit=dev --audit-level=high --json 2>/dev/null); then code=0; else code=$?; fi
    if ! printf '%s' "$said" | node -e 'process.exit("vulnerabilities" in JSON.parse(require("node:fs").readFileSync(0, "utf8") || "{}") ? 0 : 1)'; then
      echo "$folder: the registry has no advisories here: not looked at"
      unseen=2
    elif [ "$code" -ne 0 ]; then
      (cd "$folder" && npm audit --omit=dev --audit-level=high) || true
      found=1
    else
      echo "$folder: nothing of weight is known"
    fi
  done
}

image() {
  image=${IMAGE:-torikomi:local}
  said=$(docker run --rm --user 0 --entrypoint sh "$image" -c '
    if command -v apt-get >/dev/null; then
      apt-get -qq -o APT::Update::Error-Mode=any update >/dev/null 2>&1 && apt-get -sqq dist-upgrade | sed -n "s/^Inst \([^ ]*\) \[\([^]]*\)\] (\([^ ]*\) .*/\1 \2, fixed in \3/p"
    else apk -q update && apk version -l "<" | sed 1d; fi') || {
    echo "$image: its base or the packages' source does not answer: not looked at"
    unseen=2
    return
  }
  if [ -n "$said" ]; then
    printf '%s\n' "$said"
    echo "$image: the base has newer packages: build it anew with the newest base (docs/containers.md, \"The image\")"
    found=1
  else
    echo "$image: its base has no newer package"
  fi
}

[ $# -gt 0 ] || set -- packages image
for what in "$@"; do
  case $what in packages | image) "$what" ;; *) echo 'packages or image' >&2 && exit 64 ;; esac
done
[ "$found" -eq 1 ] && exit 1
exit "$unseen"
