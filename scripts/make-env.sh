#!/bin/sh
# Writes .env beside package.json with fresh secrets, for npm start and docker compose. Never a second time: without its
# ENCRYPTION_KEYS the stored credentials and orders cannot be read again, and POSTGRES_PASSWORD holds for the database that
# was made with it.
set -eu
folder=$(cd "$(dirname "$0")/.." && pwd)
file=$folder/.env

refuse() {
  printf '%s\n' "$1" >&2
  exit 1
}

if [ -e "$file" ] || [ -L "$file" ]; then
  # What `make-env.sh > .env` leaves: the shell empties the file before this runs.
  if [ -f "$file" ] && [ ! -s "$file" ]; then
    refuse "$file is empty and was left as it is. If it held keys before a '> .env' emptied it, bring your copy back; if it never did, remove it and run: sh scripts/make-env.sh (without '>', it writes the file itself)"
  fi
  refuse "$file is there and was left as it is: what was stored with its ENCRYPTION_KEYS cannot be read without them. To begin anew, move it away first."
fi

secret() { head -c 32 /dev/urandom | base64 | tr -d '\n'; }
plain() { head -c 24 /dev/urandom | base64 | tr -d '\n' | tr '+/' '-_'; }

# For nobody else's eyes, and there whole or not at all: linking fails where somebody made the file meanwhile.
umask 077
partial=$(mktemp "$folder/.env.XXXXXX")
trap 'rm -f "$partial"' EXIT
trap 'exit 130' INT TERM
{
  printf 'POSTGRES_PASSWORD=%s\n' "$(plain)"
  printf 'POSTGRES_SERVICE_PASSWORD=%s\n' "$(plain)"
  printf 'REDIS_PASSWORD=%s\n' "$(plain)"
  printf 'ENCRYPTION_KEYS=k1:%s:tenant\n' "$(secret)"
  printf 'OPERATOR_API_KEY=%s\n' "$(plain)"
  printf 'METRICS_API_KEY=%s\n' "$(plain)"
  printf 'BACKUP_KEY=%s\n' "$(secret)"
} >"$partial"
ln "$partial" "$file" || refuse "$file could not be made."
printf '%s\n' "$file is made. Keep a copy of its ENCRYPTION_KEYS and BACKUP_KEY elsewhere than the database's backups." >&2
