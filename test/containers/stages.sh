# What is walked behind the plain stack: https in front, a restored database, an upgrade, stores elsewhere. Sourced by run.sh.

# A stack that begins anew would read what the malls have mailed to the one before, so these go as well.
begin_anew() { all down -v >"$work/output" 2>&1; }

ops() { all run --rm --no-deps -T -v "$work/backup:/backup" migrate node src/ops/main.ts "$@"; }

walk_over_https() {
  say 'https: Caddy in front, orders walk through it, and two api processes are replaced under load'
  local -x BASE_URL=https://localhost:$HTTPS_PORT NODE_EXTRA_CA_CERTS=$work/root.crt
  https_up
  check_addresses
  # The last of these checks took Caddy away.
  https_up
  works_on
  step kept
  timed 'two api processes' up --scale api=2
  under_load 'updated one after the other' rolling_update
  step kept
  timed 'scaled back' up --scale api=1
  all --profile tls rm -sf caddy >"$work/output" 2>&1
}

# Grafana comes only from where images are pulled; Prometheus's health check is that of the file.
walk_watched() {
  say 'Prometheus sees each role, has read the rules, and for each thing that is taken away fires the right alerts and no other'
  timed 'docker compose --profile monitoring up' all --profile monitoring up -d --wait --wait-timeout $((180 * WALK_PATIENCE)) prometheus
  prometheus() { curl -fsS "http://127.0.0.1:$PROMETHEUS_PORT/api/v1/$1" "${@:3}" | "$node" -p "const { data } = JSON.parse(fs.readFileSync(0, 'utf8')); $2"; }
  value() { prometheus query 'data.result[0]?.value[1]' -G --data-urlencode "query=$1"; }
  sees_all() { [ "$(value 'sum(up)')" = "$(all ps -q api listener worker | grep -c .)" ]; }
  soon sees_all
  [ "$(prometheus rules 'data.groups.flatMap(({ rules }) => rules).filter(({ health }) => health === "err").length')" = 0 ] || fail 'a rule cannot be evaluated'
  ok "$(prometheus rules 'data.groups.flatMap(({ rules }) => rules).length') rules, $(value 'sum(up)') processes"
  firing() { prometheus alerts '[...new Set(data.alerts.filter(({ state, labels }) => state === "firing" && labels.alertname !== "TorikomiWatchdog").map(({ labels }) => labels.alertname))].toSorted().join(" ")'; }
  fires_exactly() { [ "$(firing)" = "$*" ]; }
  reads_mails() { [[ $(value 'max(torikomi_imports_waiting) > 0 and on() sum(increase(torikomi_mails_total{result="recognised"}[30m])) > 5') == [0-9]* ]]; }
  soon fires_exactly
  # Each alert waits for its minutes, and is scraped and evaluated each quarter of one.
  fires_without 150 postgres -- TorikomiDatabaseAway
  fires_without 240 redis -- TorikomiQueueAway
  fires_without 240 api -- TorikomiRoleGone
  # Orders stand only once there are some; these are late after two minutes, and the alert waits for three. A listener is missed for five, as is the first
  # order that Prometheus would see staged.
  service stop worker >"$work/output" 2>&1
  step place 2
  soon reads_mails
  fires_without 420 listener -- TorikomiImportsStand TorikomiListenersGone TorikomiNothingStaged TorikomiRoleGone
  step collect 120
  all --profile monitoring rm -sf prometheus >"$work/output" 2>&1
}

# fires_without SECONDS SERVICE… -- ALERT…: these alerts and no others, and none when the services are back
fires_without() {
  local seconds=$1 gone=()
  shift
  while [ "$1" != -- ]; do gone+=("$1") && shift; done
  shift
  service stop "${gone[@]}" >"$work/output" 2>&1
  timed "without ${gone[*]}: $*" within "$seconds" fires_exactly "$@"
  timed "${gone[*]} back" up
  timed 'no alert' within 120 fires_exactly
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

# within SECONDS COMMAND…: tries it each second until it goes well
within() {
  local end=$((SECONDS + $1 * WALK_PATIENCE))
  shift
  until "$@" >"$work/tried" 2>&1; do
    [ "$SECONDS" -lt "$end" ] || fail "$*: $(tail -1 "$work/tried")"
    sleep 1
  done
}
soon() { within 30 "$@"; }

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

# After a database was put back: programs that follow the service are told, orders come and go, each mall is written to, and all that was kept is there.
goes_on() {
  step begins-anew 60
  step place 2
  step collect 180
  works_on
  step told 60
  step change 120
  step kept
}

# Two orders of each mall come and are pulled.
works_on() {
  step place 2
  step collect 120
}

again_after() {
  timed "$1" ops resume
  timed 'restarted' service restart api listener worker
  timed 'healthy again' up
}

# Into a new volume, as after a lost disk. The malls go on meanwhile.
walk_restored() {
  say 'backup, more work, everything lost, ops restore: quiet until it is told to go on, and then it works'
  # The image's user is 1000.
  mkdir -p "$work/backup" && chmod 777 "$work/backup"
  works_on
  step follow
  timed 'backup' ops backup /backup/torikomi
  works_on
  curl -fsS -H "authorization: Bearer $OPERATOR_API_KEY" "$BASE_URL/v1/admin/audit/export?format=jsonl" >"$work/backup/audit.jsonl"
  timed 'everything lost' service down -v
  all up -d --wait postgres redis >"$work/output" 2>&1
  timed 'restore' ops restore /backup/torikomi
  timed 'after-restore' ops after-restore /backup/audit.jsonl
  timed 'up' up
  step set-back
  step kept
  step not-listened 10
  again_after 'resume'
  goes_on
}

# As docs/containers.md says it: the roles first, which are the server's and in no dump.
walk_dumped() {
  say 'pg_dump, more work, everything lost, pg_restore without an error: quiet until it is told to go on, and then it works'
  works_on
  step follow
  service exec -T postgres pg_dumpall -U torikomi --roles-only --no-role-passwords >"$work/roles.sql"
  service exec -T postgres pg_dump -U torikomi -Fc torikomi >"$work/torikomi.dump"
  works_on
  timed 'everything lost' service down -v
  all up -d --wait postgres redis >"$work/output" 2>&1
  service exec -T postgres psql -U torikomi -d torikomi -q <"$work/roles.sql" 2>"$work/output"
  [ "$(grep -v 'role "torikomi" already exists' "$work/output")" = '' ] || fail "the roles: $(cat "$work/output")"
  timed 'pg_restore' restore_dump
  timed 'up' up
  step set-back
  step kept
  check_login 'as a role that owns nothing'
  step not-listened 10
  again_after 'resume'
  goes_on
}
restore_dump() { service exec -T postgres pg_restore -U torikomi -d torikomi --exit-on-error <"$work/torikomi.dump"; }

# The standby has not heard of the last orders; the primary stays stopped.
walk_failed_over() {
  say 'a standby that was behind is promoted: the service goes to it by itself, and works'
  local network=${COMPOSE_PROJECT_NAME}_default standby=$COMPOSE_PROJECT_NAME-standby password
  password=$(sed -n 's/^POSTGRES_PASSWORD=//p' .env)
  works_on
  service exec -T postgres sh -c 'echo "host replication torikomi all scram-sha-256" >>"$PGDATA/pg_hba.conf"
    psql -U torikomi -qc "select pg_reload_conf()"' >"$work/output"
  docker run -d --name "$standby" --init --network "$network" -e PGPASSWORD="$password" --entrypoint sh postgres:18 -c '
    mkdir -p "$(dirname "$PGDATA")" && pg_basebackup -h postgres -U torikomi -D "$PGDATA" -R -c fast &&
    exec docker-entrypoint.sh postgres' >/dev/null
  soon on_standby 'select 1/count(*) from pg_stat_wal_receiver'
  step follow
  soon has_all
  docker network disconnect "$network" "$standby"
  works_on
  timed 'the primary is gone' service kill postgres
  docker network connect --alias postgres "$network" "$standby"
  on_standby 'select pg_promote()' >"$work/output"
  soon curl -fsS "$BASE_URL/readyz"
  step set-back
  goes_on
  docker rm -fv "$standby" >/dev/null
  begin_anew
  timed 'up with a primary of its own' up
  step register
}
on_standby() { docker exec "$COMPOSE_PROJECT_NAME-standby" psql -U torikomi -d torikomi -XAtc "$1"; }
has_all() {
  local written
  written=$(service exec -T postgres psql -U torikomi -d torikomi -XAtc 'select pg_current_wal_lsn()')
  [ "$(on_standby "select pg_last_wal_replay_lsn() >= '$written'")" = t ]
}

# docker-compose.archive.yml: to a moment before something was done that should not have been, and then as far as there is anything.
walk_put_back() {
  say 'changes kept as they are written: back to a moment, then back after the disk was lost'
  begin_anew
  (
    service() { docker compose -f docker-compose.yml -f docker-compose.archive.yml "$@"; }
    all() { docker compose -f docker-compose.yml -f docker-compose.sandbox.yml -f docker-compose.archive.yml "$@"; }
    timed 'up' up
    step register
    step listened 60
    works_on
    timed 'a base backup is made' soon base_made
    step follow
    moment=$(service exec -T postgres psql -U torikomi -d torikomi -XAtc 'select clock_timestamp()')
    works_on
    service exec -T postgres psql -U torikomi -d torikomi -qc 'delete from webhooks; update shops set enabled = false'
    timed 'stopped' service stop api listener worker archive postgres
    timed "put back to $moment" all run --rm -T put-back "$moment"
    timed 'up' up
    step set-back
    step kept
    goes_on
    timed 'a base backup of it is made' soon base_made
    step follow
    works_on
    # The archive receives within moments, and had them.
    sleep 2
    timed 'the disk is lost' lose_disk
    timed 'put back as far as there is anything' all run --rm -T put-back
    timed 'up' up
    step kept
    goes_on
    service down -v >"$work/output" 2>&1
  )
}
# In the history that is worked in now.
base_made() { all exec -T archive sh -c 'ls -d /var/lib/postgresql/$(psql -h /var/run/postgresql -U torikomi -XAtc "select system_identifier || chr(45) || timeline_id from pg_control_system(), pg_control_checkpoint()")/base/*Z'; }
lose_disk() {
  service kill postgres
  service stop api listener worker archive
  service rm -f postgres
  docker volume rm "${COMPOSE_PROJECT_NAME}_postgres-data"
}

# From the state before the last two migrations, then from the last version, to which it goes back as well. At the end the service gets a login of
# its own.
walk_upgraded() {
  [ -n "${UPGRADE_FROM:-}" ] || upgrade_from "$(git -C "$root" log -2 --diff-filter=A --format=%H~1 -- prisma/migrations | tail -1)"
  upgrade_from "${UPGRADE_FROM:-$(git -C "$root" log -1 --format=%H -G'^  "version"' -- package.json)}"
  rolled_back
  moved_to_login
}

# With the files of Compose and the .env of then; old and new processes stand on one schema for a while. The malls are of today, as they are no part of it.
upgrade_from() {
  local before=$1 new=$TORIKOMI_IMAGE
  say "upgrade under load from $(git -C "$root" log -1 --format='%h, %cs' "$before")"
  rm -rf "$work/before" && mkdir "$work/before"
  git -C "$root" archive "$before" | tar xf - -C "$work/before"
  timed 'build of it' docker build -t "$TORIKOMI_IMAGE-old" "$work/before"
  begin_anew
  cp docker-compose.sandbox.yml "$work/before"
  [ -e .env.now ] || mv .env .env.now
  grep -v '^POSTGRES_SERVICE_PASSWORD=' .env.now | tee .env >"$work/before/.env"
  export TORIKOMI_IMAGE=$new-old
  # A release without the proxy has its port at the one api.
  timed 'up' in_before up --scale "api=$(grep -q '^  proxy:' "$work/before/docker-compose.yml" && echo 2 || echo 1)"
  step register
  step listened 60
  works_on
  export TORIKOMI_IMAGE=$new
  MOST_REFUSED_SECONDS=5 under_load 'updated' rolling_update
  step kept
  works_on
  check_login 'as the owner of the tables'
}

# Puts the image of before onto the schema of today, and goes on again.
rolled_back() {
  local new=$TORIKOMI_IMAGE
  say 'back to the release before under load, and on again'
  TORIKOMI_IMAGE=$new-old under_load 'back' rolling_update
  step kept
  works_on
  under_load 'and on again' rolling_update
  step kept
  works_on
}

moved_to_login() {
  mv .env.now .env
  under_load 'moved to a login that owns nothing' rolling_update
  step kept
  works_on
  check_login 'as a role that owns nothing'
  all run --rm --no-deps -T api node src/ops/main.ts version | sed 's/^/  /'
}

# As docs/operations/postgres.md says it, by a backup. The new server's folder stands beside the old one's, and is empty at first.
walk_postgres_upgraded() {
  local old=${OLD_POSTGRES:-postgres:15}
  say "another major version of Postgres: from $old to postgres:18, by a backup"
  begin_anew
  mkdir -p "$work/backup" && chmod 777 "$work/backup"
  # Images before 18 keep their data elsewhere.
  printf 'services: { postgres: { image: "%s", environment: { PGDATA: /var/lib/postgresql/old/docker } } }\n' "$old" >"$work/old-postgres.yml"
  (
    all() { docker compose -f docker-compose.yml -f docker-compose.sandbox.yml -f old-postgres.yml "$@"; }
    timed 'up' up
    all exec -T postgres postgres --version | sed 's/^/  /'
    step register
    step listened 60
    works_on
    step follow
    # By mistake.
    if STORES=1 rolling_update >"$work/output" 2>&1; then fail 'the update takes another major version for a new image'; fi
    grep -q 'cannot read its data' "$work/output" || fail "the update does not say why: $(tail -3 "$work/output")"
    ok 'an update refuses another major version, and says where it is told how'
    step kept
    timed 'stopped' all stop api listener worker
    timed 'backup' ops backup /backup/before
    timed 'the old server stopped' all stop postgres
  )
  step place 2
  timed 'the new server' all up -d --wait postgres redis
  all exec -T postgres postgres --version | sed 's/^/  /'
  timed 'restore' ops restore /backup/before
  timed 'resume' ops resume
  timed 'up' up
  step kept
  goes_on
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
    works_on
    all down >"$work/output" 2>&1
  )
}

remove_other_stores() {
  docker rm -fv "$COMPOSE_PROJECT_NAME-standby" >/dev/null 2>&1 || true
  docker rm -fv "$COMPOSE_PROJECT_NAME-pg" "$COMPOSE_PROJECT_NAME-redis" >/dev/null 2>&1 || true
  docker network rm "$COMPOSE_PROJECT_NAME-stores" >/dev/null 2>&1 || true
}
