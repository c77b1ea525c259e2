# What is walked behind the plain stack: https in front, a restored database, an upgrade, stores elsewhere. Sourced by run.sh.

# A stack that begins anew would read what the malls have mailed to the one before.
begin_anew() {
  service down -v >"$work/output" 2>&1
  all restart sandbox >"$work/output" 2>&1
}

ops() { all run --rm --no-deps -T -v "$work/backup:/backup" -e BACKUP_KEY="$BACKUP_KEY" migrate node src/ops/main.ts "$@"; }

# Caddy is its own authority for localhost.
walk_over_https() {
  say 'https: Caddy in front, orders walk through it, and two api processes are replaced under load'
  local -x BASE_URL=https://localhost:$HTTPS_PORT NODE_EXTRA_CA_CERTS=$work/root.crt
  timed 'docker compose --profile tls up' all --profile tls up -d --wait --wait-timeout $((180 * WALK_PATIENCE))
  # It is up before it has made its certificates.
  local tries
  for tries in $(seq 1 $((30 * WALK_PATIENCE))); do
    all cp caddy:/data/caddy/pki/authorities/local/root.crt "$work/root.crt" >"$work/output" 2>&1 &&
      curl -fsS --cacert "$work/root.crt" "$BASE_URL/healthz" >"$work/output" 2>&1 && break
    [ "$tries" -lt $((30 * WALK_PATIENCE)) ] || fail "nothing answers over https: $(tail -1 "$work/output")"
    sleep 1
  done
  check_address
  step place 2
  step collect 120
  step kept
  timed 'two api processes' up --scale api=2
  under_load 'updated one after the other' rolling_update
  step kept
  timed 'scaled back' up --scale api=1
  all --profile tls rm -sf caddy >"$work/output" 2>&1
}

# What a client writes into X-Forwarded-For is nobody's address: the audit tells who was seen.
check_address() {
  local key made
  key=$(sed -n 's/^OPERATOR_API_KEY=//p' .env)
  made=$(curl -fsS --cacert "$work/root.crt" -H "authorization: Bearer $key" -H 'content-type: application/json' \
    -H 'x-forwarded-for: 198.18.66.6, 198.18.66.7, 198.18.66.8' -d '{"name":"forged address"}' "$BASE_URL/v1/admin/tenants" |
    "$node" -p 'JSON.parse(fs.readFileSync(0, "utf8")).id')
  curl -fsS --cacert "$work/root.crt" -H "authorization: Bearer $key" "$BASE_URL/v1/admin/audit?target=$made" >"$work/output"
  grep -q '"action":"tenant.created"' "$work/output" || fail 'the audit does not tell who made a tenant'
  if grep -q '198\.18\.66' "$work/output"; then fail 'a client chose its own address by X-Forwarded-For'; fi
  ok 'a client does not choose its address'
}

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
