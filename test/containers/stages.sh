# What is walked behind the plain stack: https in front, a restored database, an upgrade, stores elsewhere. Sourced by run.sh.

# A stack that begins anew would read what the malls have mailed to the one before.
begin_anew() {
  service down -v >"$work/output" 2>&1
  all restart sandbox >"$work/output" 2>&1
}

ops() { all run --rm --no-deps -T -v "$work/backup:/backup" -e BACKUP_KEY="$BACKUP_KEY" migrate node src/ops/main.ts "$@"; }

walk_over_https() {
  say 'https: Caddy in front, orders walk through it, and two api processes are replaced under load'
  local -x BASE_URL=https://localhost:$HTTPS_PORT NODE_EXTRA_CA_CERTS=$work/root.crt
  https_up
  check_addresses
  step place 2
  step collect 120
  step kept
  timed 'two api processes' up --scale api=2
  under_load 'updated one after the other' rolling_update
  step kept
  timed 'scaled back' up --scale api=1
  all --profile tls rm -sf caddy >"$work/output" 2>&1
}

# The part of it that says whose address is believed.
walk_addresses() {
  https_up
  check_addresses
}

# Caddy is its own authority for localhost.
https_up() {
  timed 'docker compose --profile tls up' all --profile tls up -d --wait --wait-timeout $((180 * WALK_PATIENCE))
  # It is up before it has made its certificates.
  certificate() { all cp caddy:/data/caddy/pki/authorities/local/root.crt "$work/root.crt"; }
  soon certificate
  chmod 644 "$work/root.crt"
  soon curl -fsS --cacert "$work/root.crt" "https://localhost:$HTTPS_PORT/healthz"
}

# soon COMMAND…: tries it each second until it goes well
soon() {
  local tries
  for tries in $(seq 1 $((30 * WALK_PATIENCE))); do
    "$@" >"$work/output" 2>&1 && return
    sleep 1
  done
  fail "$*: $(tail -1 "$work/output")"
}

# What a client writes into X-Forwarded-For is not its address, wherever it comes from. The audit names the address that was seen.
check_addresses() {
  local lan=$COMPOSE_PROJECT_NAME-lan api proxy
  docker network create "$lan" >/dev/null
  api=$(address_of api) proxy=$(address_of proxy)
  # A client of another private network, as of an office: it reaches the published https alone.
  on_lan() {
    docker run --rm --network "$lan" --add-host outside:host-gateway -v "$root/test/containers/stranger.ts:/stranger.ts:ro" \
      -v "$work/root.crt:/root.crt:ro" -e NODE_EXTRA_CA_CERTS=/root.crt --entrypoint node "$TORIKOMI_IMAGE" /stranger.ts "$@"
  }
  on_lan refused "http://$api:3000" "http://$proxy:3000" "http://outside:$PORT" || fail 'a client of another network passes by Caddy'
  ok 'a client of another network reaches neither api nor proxy, but through Caddy'
  on_lan chooses "https://outside:$HTTPS_PORT" "$OPERATOR_API_KEY" || fail 'through Caddy a client chooses its address'
  ok 'through Caddy a client of another network does not choose its address'
  on_lan guesses "https://outside:$HTTPS_PORT" || fail 'wrong passwords are counted by an address that the client chose'
  ok 'its wrong passwords lock it, whatever addresses it writes'
  docker network rm "$lan" >/dev/null
  "$node" "$root/test/containers/stranger.ts" chooses "https://localhost:$HTTPS_PORT" "$OPERATOR_API_KEY" ||
    fail 'through Caddy a client of this machine chooses its address'
  # Without a proxy of one's own in front: one is counted, and the one of the file overwrites nothing that it is not told.
  all --profile tls rm -sf caddy >"$work/output" 2>&1
  TRUST_PROXY=1 timed 'TRUST_PROXY=1' up
  soon curl -fsS "http://127.0.0.1:$PORT/healthz"
  "$node" "$root/test/containers/stranger.ts" chooses "http://127.0.0.1:$PORT" "$OPERATOR_API_KEY" ||
    fail 'through the proxy alone a client chooses its address'
  ok 'a client of this machine does not choose its address, through Caddy or through the proxy alone'
  timed 'TRUST_PROXY=2 again' up
}

address_of() { docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$(container "$1")"; }

# Into a new volume, as after a lost disk. The malls go on meanwhile.
walk_restored() {
  say 'backup, everything lost, restore: quiet until it is told to go on'
  BACKUP_KEY=$(head -c 32 /dev/urandom | base64)
  # The image's user is 1000.
  mkdir -p "$work/backup" && chmod 777 "$work/backup"
  timed 'backup' ops backup /backup/torikomi
  timed 'everything lost' service down -v
  all up -d --wait postgres redis >"$work/output" 2>&1
  timed 'restore' ops restore /backup/torikomi
  step place 2
  timed 'up' up
  step kept
  step not-listened 10
  timed 'resume' ops resume
  timed 'restarted' service restart api listener worker
  timed 'healthy again' up
  step collect 120
  step kept
}

# From the state before the newest migration, with the files of Compose and the .env of then: old and new processes stand on one schema for a
# while. Then the service gets a login of its own.
walk_upgraded() {
  say 'upgrade from the release before the newest migration, under load'
  local before new=$TORIKOMI_IMAGE
  before=${UPGRADE_FROM:-}
  [ -n "$before" ] || before=$(git -C "$root" log -1 --diff-filter=A --format=%H -- prisma/migrations)~1
  mkdir "$work/before"
  git -C "$root" archive "$before" | tar xf - -C "$work/before"
  timed 'build of it' docker build -t "$TORIKOMI_IMAGE-old" "$work/before"
  begin_anew
  grep -v '^POSTGRES_SERVICE_PASSWORD=' .env >"$work/before/.env"
  mv .env .env.now && cp "$work/before/.env" .env
  export TORIKOMI_IMAGE=$new-old
  timed 'up' in_before up --scale api=2
  step register
  step listened 60
  step place 2
  step collect 120
  export TORIKOMI_IMAGE=$new
  under_load 'updated' rolling_update
  step kept
  step place 2
  step collect 120
  check_login 'as the owner of the tables'
  mv .env.now .env
  under_load 'moved to a login that owns nothing' rolling_update
  step kept
  step place 2
  step collect 120
  check_login 'as a role that owns nothing'
  all run --rm --no-deps -T api node src/ops/main.ts version | sed 's/^/  /'
}

in_before() { (cd "$work/before" && "$@"); }

# Postgres and Redis that the file does not start.
walk_with_other_stores() {
  say 'Postgres and Redis of one’s own (docker-compose.external.yml)'
  local network=$COMPOSE_PROJECT_NAME-stores
  begin_anew
  docker network create "$network" >/dev/null
  docker run -d --name "$COMPOSE_PROJECT_NAME-pg" --init --network "$network" -e POSTGRES_PASSWORD=elsewhere postgres:18 >/dev/null
  docker run -d --name "$COMPOSE_PROJECT_NAME-redis" --network "$network" redis:8 redis-server --requirepass elsewhere --maxmemory-policy noeviction >/dev/null
  printf 'networks: { default: { name: "%s", external: true } }\n' "$network" >"$work/network.yml"
  (
    export DATABASE_URL=postgresql://postgres:elsewhere@$COMPOSE_PROJECT_NAME-pg:5432/postgres
    export REDIS_URL=redis://:elsewhere@$COMPOSE_PROJECT_NAME-redis:6379 CONNECTIONS_WITHOUT_TLS=database,redis,malls
    all() { docker compose -f docker-compose.yml -f docker-compose.sandbox.yml -f docker-compose.external.yml -f network.yml "$@"; }
    timed 'up' all up -d --wait --wait-timeout $((180 * WALK_PATIENCE))
    [ -z "$(all ps -q postgres redis 2>/dev/null)" ] || fail 'the stores of the file run'
    step register
    step listened 60
    step place 2
    step collect 120
    all down >"$work/output" 2>&1
  )
}

remove_other_stores() {
  docker rm -fv "$COMPOSE_PROJECT_NAME-pg" "$COMPOSE_PROJECT_NAME-redis" >/dev/null 2>&1 || true
  docker network rm "$COMPOSE_PROJECT_NAME-stores" >/dev/null 2>&1 || true
}
