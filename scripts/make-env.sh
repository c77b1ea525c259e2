#!/bin/sh
# Prints fresh secrets for docker compose. Run it once and keep the output: without ENCRYPTION_KEYS the stored credentials
# and orders cannot be read again, and POSTGRES_PASSWORD holds for a database that was made with it.
set -eu
# For nobody else's eyes when it goes into a file.
if [ -f /dev/stdout ]; then chmod 600 /dev/stdout; fi
secret() { head -c 32 /dev/urandom | base64 | tr -d '\n'; }
plain() { head -c 24 /dev/urandom | base64 | tr -d '\n' | tr '+/' '-_'; }
printf 'POSTGRES_PASSWORD=%s\n' "$(plain)"
printf 'ENCRYPTION_KEYS=k1:%s\n' "$(secret)"
printf 'OPERATOR_API_KEY=%s\n' "$(plain)"
