#!/bin/sh
# A new version of the service on the machine of docker-compose.yml, made so that no request is refused: new api containers come beside the old ones,
# and these go when the new ones are ready. Listeners and workers follow; what they had in hand is taken up again from its rows. Then whatever else
# this version wants otherwise or for the first time; Postgres and Redis only when it is asked for. One that was broken off is run again: it goes on
# where it was, with the numbers of its beginning, which the labels of a container of its own keep until it is done.
#
#   git pull && sh scripts/rolling-update.sh         API=2: so many api containers afterwards (as many as there are now)
#                                                    WAIT_SECONDS=600: so long for each step to be ready (180)
#                                                    STORES=1: Postgres and Redis too; requests get 503 while they start
#                                                    DRY_RUN=1: only says what would be done
#                                                    COMPOSE_FILES='-f docker-compose.yml -f …', where COMPOSE_FILE of .env does not say it
set -eu
cd "$(dirname "$0")/.."
# Those of profiles that are not asked for may run as well.
compose() { docker compose ${COMPOSE_FILES:-} --profile '*' "$@"; }
say() { printf '%s\n' "$*"; }
stop_here() {
  printf '%s\n' "$*" >&2
  exit 1
}
# A question that fails is no answer: taken for "none runs", a proxy was made anew and not started, and nobody held the port.
unknown() { stop_here "docker does not say $*: nothing more was done; run it again when it does"; }
# Sets `listed` and `counted` to the containers of a service that run.
look() {
  listed=$(compose ps -q "$1") || unknown "what runs of $1"
  counted=$(printf '%s\n' "$listed" | grep -c . || true)
}
# Sets `value` to a label of a container.
label() { value=$(docker inspect -f "{{index .Config.Labels \"$2\"}}" "$1") || unknown "the labels of $1"; }
start() { compose up -d --no-deps --no-build --wait --wait-timeout "${WAIT_SECONDS:-180}" "$@"; }

# The kernel lets go of it however this ends; a program that it started and that still works holds it on.
command -v flock >/dev/null || stop_here 'flock is missing (util-linux)'
exec 9<docker-compose.yml
flock -n 9 || stop_here 'another update of this installation is at work'

look api
now=$counted running=$listed
[ "$now" -gt 0 ] || stop_here 'no api is running: docker compose up -d --build --wait'
label "$(printf '%s\n' "$running" | head -1)" com.docker.compose.project
project=$value mark=$value-update
begun=$(docker ps -aq --filter "name=^/$mark\$") || unknown 'whether an update was broken off'
# Named by `ops version`, the logs and the image's label.
REVISION=${REVISION:-$(git rev-parse HEAD 2>/dev/null || echo unknown)}
export REVISION
[ -n "${NO_BUILD:-}${DRY_RUN:-}" ] || compose build api
if [ -n "$begun" ]; then
  say 'an update was broken off: it is gone on with'
  label "$mark" torikomi.api && wanted=${API:-$value}
  label "$mark" torikomi.listener && listeners=$value
  label "$mark" torikomi.worker && workers=$value
  label "$mark" torikomi.old && old=$value
else
  wanted=${API:-$now} old=$(printf '%s\n' "$running" | tr '\n' ' ')
  look listener && listeners=$counted
  look worker && workers=$counted
fi
hashes=$(compose config --hash '*') || unknown 'what this version wants'
named=$(docker compose ${COMPOSE_FILES:-} config --services) || unknown 'what this version wants'
known=$(printf '%s\n' "$hashes" | cut -d' ' -f1)

# Whether a container was made from other settings or another image than one of the service would be now.
is_other() {
  image=$(docker inspect -f '{{.Config.Image}}' "$1") && made=$(docker inspect -f '{{.Image}}' "$1") || unknown "what $1 is made from"
  label "$1" com.docker.compose.config-hash
  [ "$value" = "$(printf '%s\n' "$hashes" | sed -n "s/^$2 //p")" ] && [ "$made" = "$(docker image inspect -f '{{.Id}}' "$image" 2>/dev/null)" ] && return 1
  return 0
}
# Whether one that runs of the service is so.
differs() {
  look "$1"
  for id in $listed; do ! is_other "$id" "$1" || return 0; done
  return 1
}

# The first number of the version of a Postgres.
major() { sed 's/^[^0-9]*//; s/[^0-9].*//'; }

stores='' others=''
for service in $known; do
  case $service in
    migrate | api | listener | worker) ;;
    postgres | redis) ! differs "$service" || stores="$stores $service" ;;
    *)
      look "$service"
      if [ "$counted" -gt 0 ]; then
        if differs "$service"; then others="$others $service" && say "$service: changed"; fi
      elif printf '%s\n' "$named" | grep -qx "$service"; then
        others="$others $service" && say "$service: new"
      fi
      ;;
  esac
done
all=$(docker ps -q --filter "label=com.docker.compose.project=$project" --filter label=com.docker.compose.oneoff=False) || unknown 'what runs'
for id in $all; do
  label "$id" com.docker.compose.service
  printf '%s\n' "$known" | grep -qx "$value" || say "$value: runs, and is no part of this version; docker compose up -d --remove-orphans ends it"
done
for store in $stores; do
  if [ -n "${STORES:-}" ]; then say "$store: changed"; else
    say "$store: changed and left as it is. STORES=1 makes it anew over its data: requests get 503 while it starts (some seconds), and nothing is lost."
  fi
done
# Data of another major version is not read by a new server: it would not start.
case " $stores " in *' postgres '*)
  image=$(compose config postgres | sed -n 's/^    image: //p')
  look postgres
  holds=$(docker exec "$listed" postgres --version | major)
  new=$(docker run --rm --entrypoint postgres "$image" --version | major)
  if [ "$holds" != "$new" ]; then
    [ -z "${STORES:-}" ] || stop_here "postgres: $holds runs and this version wants $new, which cannot read its data: docs/operations/postgres.md, \"Another major version\""
    say "postgres: that is another major version ($holds, then $new): docs/operations/postgres.md"
  fi
  ;;
esac
say "api, listener, worker: $wanted, $listeners, $workers"
[ -z "${DRY_RUN:-}" ] || exit 0

if [ -z "$begun" ]; then
  image=$(docker inspect -f '{{.Config.Image}}' "$(printf '%s\n' "$running" | head -1)") || unknown 'the image of api'
  docker create --name "$mark" --network none --label "torikomi.api=$wanted" --label "torikomi.listener=$listeners" \
    --label "torikomi.worker=$workers" --label "torikomi.old=$old" --entrypoint true "$image" >/dev/null
fi
if [ -n "${STORES:-}" ]; then
  for store in $stores; do start "$store"; done
fi
say 'schema and login, while the old ones go on'
compose run --rm --no-deps -T migrate

# Those of the beginning, and those that a broken-off update to another version made.
leaving='' stay=0
for id in $running; do
  case " $old " in *" $id "*) leaving="$leaving $id" ;;
  *) if [ -n "$begun" ] && is_other "$id" api; then leaving="$leaving $id"; else stay=$((stay + 1)); fi ;;
  esac
done
# One that was ended and not removed would be started again by the next line.
ended=$(docker ps -aq --filter status=exited --filter "label=com.docker.compose.project=$project" --filter label=com.docker.compose.service=api) ||
  unknown 'what was ended of api'
for id in $ended; do docker rm "$id" >/dev/null; done
if [ "$stay" -lt "$wanted" ]; then
  say "api: $((wanted - stay)) new beside $now"
  start --no-recreate --scale "api=$((wanted + now - stay))" api
fi
# What holds the port is to be there in the moment in which a release of before lets it go.
look proxy
[ "$counted" -gt 0 ] || ! printf '%s\n' "$named" | grep -qx proxy || compose up --no-start --no-deps --no-build proxy
for id in $leaving; do
  # SIGTERM: it says no at /readyz, serves on for DRAIN_SECONDS, then ends what it has.
  docker stop -t 75 "$id" >/dev/null
  docker rm "$id" >/dev/null
done
start --scale "api=$wanted" --no-recreate api
# A proxy lets go of the port at once and ends what it has for two seconds, in which nobody answers there.
case " $others " in *' proxy '*) start --timeout 2 proxy ;; esac
say 'listener and worker'
start --scale "listener=$listeners" --scale "worker=$workers" listener worker
for service in $others; do
  [ "$service" != proxy ] || continue
  look "$service"
  start --scale "$service=$([ "$counted" -gt 0 ] && echo "$counted" || echo 1)" "$service"
done

docker rm "$mark" >/dev/null

# From outside, as people ask for it.
look api
image=$(docker inspect -f '{{.Config.Image}}' "$(printf '%s\n' "$listed" | head -1)")
answers() {
  docker run --rm --network host --read-only --cap-drop ALL --entrypoint node "$image" -e '
    const [url, most] = process.argv.slice(1)
    fetch(url, { redirect: "manual", signal: AbortSignal.timeout(10_000) }).then((answer) => process.exit(answer.status <= Number(most) ? 0 : 1), () => process.exit(1))' "$1" "$2"
}
door=$(compose port proxy 3000 2>/dev/null) || door=''
[ -n "$door" ] || stop_here 'nothing holds the port of the service: docker compose ps proxy'
answers "http://$door/readyz" 200 || stop_here "http://$door/readyz does not answer with 200: docker compose ps; docker compose logs proxy api"
look caddy
if [ "$counted" -gt 0 ]; then
  outside=$(compose port caddy 80 | sed 's/^0\.0\.0\.0:/127.0.0.1:/')
  answers "http://$outside/healthz" 399 || stop_here "caddy does not answer at $outside: docker compose logs caddy"
fi
say "done: http://$door answers"
