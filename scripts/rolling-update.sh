#!/bin/sh
# A new version of the service on the machine of docker-compose.yml, made so that no request is refused: new api containers come beside the old ones,
# and these go when the new ones are ready. Listeners and workers follow; what they had in hand is taken up again from its rows. Then whatever else
# this version wants otherwise or for the first time; Postgres and Redis only when it is asked for.
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
ids() { compose ps -q "$1"; }
count() { ids "$1" | grep -c . || true; }
label() { docker inspect -f "{{index .Config.Labels \"com.docker.compose.$2\"}}" "$1"; }
start() { compose up -d --no-deps --no-build --wait --wait-timeout "${WAIT_SECONDS:-180}" "$@"; }
say() { printf '%s\n' "$*"; }
stop_here() {
  printf '%s\n' "$*" >&2
  exit 1
}

now=$(count api)
[ "$now" -gt 0 ] || stop_here 'no api is running: docker compose up -d --build --wait'
# Named by `ops version`, the logs and the image's label.
REVISION=${REVISION:-$(git rev-parse HEAD 2>/dev/null || echo unknown)}
export REVISION
[ -n "${NO_BUILD:-}${DRY_RUN:-}" ] || compose build api
wanted=${API:-$now}
hashes=$(compose config --hash '*')
named=$(docker compose ${COMPOSE_FILES:-} config --services)
known=$(printf '%s\n' "$hashes" | cut -d' ' -f1)

# Whether a container of the service was made from other settings or another image than it would be now.
differs() {
  for id in $(ids "$1"); do
    image=$(docker inspect -f '{{.Config.Image}}' "$id")
    [ "$(label "$id" config-hash)" = "$(printf '%s\n' "$hashes" | sed -n "s/^$1 //p")" ] &&
      [ "$(docker inspect -f '{{.Image}}' "$id")" = "$(docker image inspect -f '{{.Id}}' "$image" 2>/dev/null)" ] || return 0
  done
  return 1
}

# The first number of the version of a Postgres.
major() { sed 's/^[^0-9]*//; s/[^0-9].*//'; }

stores='' others=''
for service in $known; do
  case $service in
    migrate | api | listener | worker) ;;
    postgres | redis) [ "$(count "$service")" -eq 0 ] || ! differs "$service" || stores="$stores $service" ;;
    *)
      if [ "$(count "$service")" -gt 0 ]; then
        if differs "$service"; then others="$others $service" && say "$service: changed"; fi
      elif printf '%s\n' "$named" | grep -qx "$service"; then
        others="$others $service" && say "$service: new"
      fi
      ;;
  esac
done
for id in $(docker ps -q --filter "label=com.docker.compose.project=$(label "$(ids api | head -1)" project)" --filter label=com.docker.compose.oneoff=False); do
  printf '%s\n' "$known" | grep -qx "$(label "$id" service)" || say "$(label "$id" service): runs, and is no part of this version; docker compose up -d --remove-orphans ends it"
done
for store in $stores; do
  if [ -n "${STORES:-}" ]; then say "$store: changed"; else
    say "$store: changed and left as it is. STORES=1 makes it anew over its data: requests get 503 while it starts (some seconds), and nothing is lost."
  fi
done
# Data of another major version is not read by a new server: it would not start.
case " $stores " in *' postgres '*)
  image=$(compose config postgres | sed -n 's/^    image: //p')
  old=$(docker exec "$(ids postgres)" postgres --version | major)
  new=$(docker run --rm --entrypoint postgres "$image" --version | major)
  if [ "$old" != "$new" ]; then
    [ -z "${STORES:-}" ] || stop_here "postgres: $old runs and this version wants $new, which cannot read its data: docs/operations/postgres.md, \"Another major version\""
    say "postgres: that is another major version ($old, then $new): docs/operations/postgres.md"
  fi
  ;;
esac
say "api, listener, worker: $wanted, $(count listener), $(count worker)"
[ -z "${DRY_RUN:-}" ] || exit 0

if [ -n "${STORES:-}" ]; then
  for store in $stores; do start "$store"; done
fi
say 'schema and login, while the old ones go on'
compose run --rm --no-deps -T migrate

say "api: $wanted new beside $now old"
old=$(ids api)
start --no-recreate --scale "api=$((now + wanted))" api
# What holds the port is to be there in the moment in which a release of before lets it go.
[ "$(count proxy)" -gt 0 ] || ! printf '%s\n' "$named" | grep -qx proxy || compose up --no-start --no-deps --no-build proxy
for id in $old; do
  # SIGTERM: it says no at /readyz, serves on for DRAIN_SECONDS, then ends what it has.
  docker stop -t 75 "$id" >/dev/null
  docker rm "$id" >/dev/null
done
start --scale "api=$wanted" --no-recreate api
# A proxy lets go of the port at once and ends what it has for two seconds, in which nobody answers there.
case " $others " in *' proxy '*) start --timeout 2 proxy ;; esac
say 'listener and worker'
start --scale "listener=$(count listener)" --scale "worker=$(count worker)" listener worker
for service in $others; do
  [ "$service" = proxy ] || start --scale "$service=$(count "$service" | sed 's/^0$/1/')" "$service"
done

# From outside, as people ask for it.
image=$(docker inspect -f '{{.Config.Image}}' "$(ids api | head -1)")
answers() {
  docker run --rm --network host --read-only --cap-drop ALL --entrypoint node "$image" -e '
    const [url, most] = process.argv.slice(1)
    fetch(url, { redirect: "manual", signal: AbortSignal.timeout(10_000) }).then((answer) => process.exit(answer.status <= Number(most) ? 0 : 1), () => process.exit(1))' "$1" "$2"
}
door=$(compose port proxy 3000 2>/dev/null) || door=''
[ -n "$door" ] || stop_here 'nothing holds the port of the service: docker compose ps proxy'
answers "http://$door/readyz" 200 || stop_here "http://$door/readyz does not answer with 200: docker compose ps; docker compose logs proxy api"
if [ "$(count caddy)" -gt 0 ]; then
  outside=$(compose port caddy 80 | sed 's/^0\.0\.0\.0:/127.0.0.1:/')
  answers "http://$outside/healthz" 399 || stop_here "caddy does not answer at $outside: docker compose logs caddy"
fi
say "done: http://$door answers"
