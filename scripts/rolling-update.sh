#!/bin/sh
# A new version of the service on the machine of docker-compose.yml, made so that no request is refused: new api containers come beside the old ones,
# and these go when the new ones are ready. Listeners and workers follow; what they had in hand is taken up again from its rows.
#
#   git pull && sh scripts/rolling-update.sh         API=2: so many api containers afterwards (as many as there are now)
#                                                    WAIT_SECONDS=600: so long for each step to be ready (180)
set -eu
cd "$(dirname "$0")/.."
compose() { docker compose ${COMPOSE_FILES:-} "$@"; }

[ -n "${NO_BUILD:-}" ] || compose build api
old=$(compose ps -q api)
now=$(printf '%s\n' "$old" | grep -c . || true)
wanted=${API:-$now}
wait=${WAIT_SECONDS:-180}
[ "$now" -gt 0 ] || {
  echo 'no api is running: docker compose up -d --build --wait' >&2
  exit 1
}

echo 'schema and login, while the old ones go on'
compose run --rm --no-deps -T migrate

echo "api: $wanted new beside $now old"
compose up -d --no-deps --no-recreate --no-build --wait --wait-timeout "$wait" --scale "api=$((now + wanted))" api
for id in $old; do
  # SIGTERM: it says no at /readyz, serves on for DRAIN_SECONDS, then ends what it has.
  docker stop -t 75 "$id" >/dev/null
  docker rm "$id" >/dev/null
done
echo 'listener and worker'
compose up -d --no-deps --no-build --wait --wait-timeout "$wait" --scale "api=$wanted" --no-recreate api
compose up -d --no-deps --no-build --wait --wait-timeout "$wait" listener worker
echo 'done'
