#!/usr/bin/env bash
# Builds the images, starts docker-compose.yml with the sandbox beside it, walks orders through it and disturbs it on the
# way. Prints what each step took; ends non-zero when anything is not as it must be, and leaves nothing behind but the
# build cache. Needs Docker with compose, and `npm ci` done. docs/containers.md says more.
#
#   bash test/containers/run.sh          NO_CACHE=1: builds from nothing   KEEP=1: leaves it running
#   bash test/containers/run.sh upgraded with_other_stores      only these of addresses (a part of over_https), over_https, watched, restored, dumped,
#                                        failed_over, put_back, upgraded, postgres_upgraded, with_other_stores
#                                        UPGRADE_FROM=<commit>: instead of the last version and the state before two migrations
#   WALK_PATIENCE=5                      waits five times as long for everything, on a machine that has other work
set -Eeuo pipefail
export WALK_PATIENCE=${WALK_PATIENCE:-1}
root=$(cd "$(dirname "$0")/../.." && pwd)
node=$root/node_modules/.bin/node
work=$(mktemp -d)
export COMPOSE_PROJECT_NAME=torikomi-walk-$$
export TORIKOMI_IMAGE=torikomi-walk-$$:service
export PORT=${PORT:-3290} SANDBOX_PORT=${SANDBOX_PORT:-4290}
export PROMETHEUS_PORT=${PROMETHEUS_PORT:-9290} HTTP_PORT=${HTTP_PORT:-3280} HTTPS_PORT=${HTTPS_PORT:-3243}
export WALK_RECORD=$work/record.json BASE_URL=http://127.0.0.1:$PORT SANDBOX_URL=http://127.0.0.1:$SANDBOX_PORT
# shellcheck source=test/containers/checks.sh
. "$root/test/containers/checks.sh"
# shellcheck source=test/containers/stages.sh
. "$root/test/containers/stages.sh"

# The service alone, and the service with the malls beside it: what is done to the first leaves the malls standing.
service() { docker compose -f docker-compose.yml "$@"; }
all() { docker compose -f docker-compose.yml -f docker-compose.sandbox.yml "$@"; }
# Compose gives up at once on a container that is unhealthy at this moment, as the proxy is while its api starts anew.
up() {
  local end=$((SECONDS + 180 * WALK_PATIENCE))
  until all up -d --wait --wait-timeout $((180 * WALK_PATIENCE)) "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 3
  done
}
step() { "$node" "$root/test/containers/walk.ts" "$@"; }
rolling_update() {
  NO_BUILD=1 WAIT_SECONDS=$((180 * WALK_PATIENCE)) COMPOSE_FILES='-f docker-compose.yml -f docker-compose.sandbox.yml' sh scripts/rolling-update.sh
}
say() { printf '\n== %s\n' "$*"; }

# under_load TEXT COMMAND…: not one request may fail meanwhile
under_load() {
  local load code=0
  API_KEY=$("$node" -p 'JSON.parse(fs.readFileSync(process.env.WALK_RECORD, "utf8")).apiKey') \
    "$node" "$root/test/containers/under-load.ts" >"$work/load" &
  load=$!
  # The load ends with what it is for, however that ended.
  timed "$@" || code=$?
  kill -TERM "$load"
  wait "$load" || code=$?
  sed 's/^/  /' "$work/load"
  return "$code"
}

# timed TEXT COMMAND…: what the command prints is shown only when it fails
timed() {
  local text=$1 began code=0
  shift
  began=$(date +%s%N)
  "$@" >"$work/output" 2>&1 || code=$?
  if [ "$code" -ne 0 ]; then tail -60 "$work/output"; fi
  printf '  %s: %d.%d s\n' "$text" $((($(date +%s%N) - began) / 1000000000)) $((($(date +%s%N) - began) / 100000000 % 10))
  return "$code"
}

finish() {
  local code=$?
  trap - EXIT
  if [ "$code" -ne 0 ]; then
    say "failed ($code); what the containers said last"
    all ps -a || true
    all logs --tail 30 api listener worker || true
  fi
  if [ -n "${KEEP:-}" ]; then
    say "left running: project $COMPOSE_PROJECT_NAME in $work"
    exit "$code"
  fi
  remove_other_stores
  docker network rm "$COMPOSE_PROJECT_NAME-lan" >/dev/null 2>&1 || true
  docker compose -f docker-compose.yml -f docker-compose.sandbox.yml -f docker-compose.archive.yml --profile '*' down -v --remove-orphans --rmi local >/dev/null 2>&1 || true
  docker rmi "$TORIKOMI_IMAGE" "$TORIKOMI_IMAGE-old" >/dev/null 2>&1 || true
  rm -rf "$work"
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM

say 'a copy of the working tree, with secrets of its own'
(cd "$root" && git ls-files -coz --exclude-standard | while IFS= read -r -d '' file; do
  if [ -e "$file" ]; then printf '%s\0' "$file"; fi
done | tar cf - --null -T -) | tar xf - -C "$work"
cd "$work"
sh scripts/make-env.sh
# A mail that cannot be read within a second is left to the next look at the mall's own list.
[ "$WALK_PATIENCE" = 1 ] || echo 'SWEEP_INTERVAL_SECONDS=60' >>.env
echo 'SANDBOX_KEEP=/kept/state' >>.env
OPERATOR_API_KEY=$(sed -n 's/^OPERATOR_API_KEY=//p' .env)
export OPERATOR_API_KEY

say 'build'
timed 'build of both images' all build ${NO_CACHE:+--no-cache}
check_image

say 'up'
timed 'docker compose up -d --build --wait' up --build
check_containers
check_environment
check_login 'as a role that owns nothing'

if [ $# -gt 0 ]; then
  step register
  for stage in "$@"; do "walk_$stage"; done
  say 'all of it happened'
  exit 0
fi

say 'the walk: mail → 自動受注取込 → pull → 新規受付, then a cancel at the mall'
step register
step listened 60
step place 5
step collect 90
step cancel
step kept

say 'two workers, two listeners'
step never-twice 20 &
looking=$!
timed 'scaled' up --scale worker=2 --scale listener=2
wait "$looking"
step place 5
step collect 90
say 'two api processes; each is replaced under load'
timed 'two of them' up --scale api=2 --scale worker=2 --scale listener=2
under_load 'updated one after the other' rolling_update
[ "$(all ps -q listener worker | grep -c .)" = 4 ] || fail 'the update changed the number of listeners or workers'
step kept
say 'the listener that holds the mailbox is killed'
kill_inside "$(holder_of_mailbox)"
step listened 60
step never-twice 5
step place 5
step collect 90
timed 'scaled back' up --scale api=1 --scale worker=1 --scale listener=1

say 'the worker is killed while it works'
step place 5
step some-staged 90
worker=$(container worker)
kill_inside "$worker"
step collect 120
must_have_restarted "$worker"
step kept

say 'the database is away, then the queue; orders come in all the same'
for part in postgres redis; do
  timed "$part stopped" service stop "$part"
  must_have_ended_well "$part"
  step place 2
  timed "$part back" up
  step collect 120
done
step kept

say 'docker compose restart: database and queue too'
timed 'restarted' service restart
timed 'healthy again' up
step kept
step listened 60
step place 5
step collect 120

say 'stopped in the middle of work'
step place 5
step some-staged 90
timed 'stopped' service stop api listener worker
must_have_ended_well api listener worker
timed 'started' up
step collect 120

say 'down and up, with five orders for each mall in between'
timed 'down' service down
step place 5
timed 'up' up
step collect 120
step kept
step untouched
check_logs

say 'the malls stop and start: their orders, mails and keys are there'
timed 'stopped' all stop sandbox
timed 'started' up
step listened 120
step place 2
step collect 120
step change 120
step kept

walk_over_https
walk_watched
walk_restored
walk_dumped
walk_failed_over
walk_put_back
walk_upgraded
walk_postgres_upgraded
walk_with_other_stores

say 'all of it happened'
