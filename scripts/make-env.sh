#!/bin/sh
# Prints fresh secrets for docker compose. Keep the output: without ENCRYPTION_KEYS the stored credentials and orders
# cannot be read again.
set -eu
secret() { head -c 32 /dev/urandom | base64 | tr -d '\n'; }
plain() { head -c 24 /dev/urandom | base64 | tr -d '\n' | tr '+/' '-_'; }
printf 'POSTGRES_PASSWORD=%s\n' "$(plain)"
printf 'ENCRYPTION_KEYS=k1:%s\n' "$(secret)"
printf 'OPERATOR_API_KEY=%s\n' "$(plain)"
