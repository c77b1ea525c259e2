# What must be true of the image and of the containers. Sourced by run.sh.

fail() {
  printf 'FAILED: %s\n' "$*" >&2
  exit 1
}
ok() { printf '  ok: %s\n' "$*"; }

container() { all ps -q "$1" | head -1; }
in_image() { docker run --rm --network none --entrypoint sh "$TORIKOMI_IMAGE" -c "$1"; }

check_image() {
  local user found size
  size=$(docker image inspect -f '{{.Size}}' "$TORIKOMI_IMAGE")
  printf '  size of the image: %d MB, %d MB of it the base\n' $((size / 1000000)) \
    $(($(docker image inspect -f '{{.Size}}' node:24-slim) / 1000000))
  user=$(docker image inspect -f '{{.Config.User}}' "$TORIKOMI_IMAGE")
  [ "$user" = 1000:1000 ] || fail "the image runs as '$user'"
  ok "runs as $user"
  found=$(in_image 'find /app/src -name "*.test.ts" -o -name "test-kit*" -o -name sandbox -o -name fixtures; ls -d /app/test /app/scripts /app/.env* 2>/dev/null; true')
  [ -z "$found" ] || fail "the image holds $found"
  ok 'no sandbox, no tests, no secrets'
  # Some of devDependencies are there for good reason, as what a package of ours needs itself; the lock file knows.
  found=$(in_image 'cat /app/node_modules/.package-lock.json' | "$node" -e '
    const { readFileSync } = require("node:fs")
    const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"))
    const installed = Object.keys(JSON.parse(readFileSync(0, "utf8")).packages)
    const needless = installed.filter((name) => packages[name].dev || packages[name].devOptional || packages[name].optional)
    console.log(needless.join(" "))')
  [ -z "$found" ] || fail "development dependencies: $found"
  ok 'no development dependency'
  found=$(in_image "cd /app && node -p 'Object.keys(require(\"./package.json\").dependencies).filter((name) => !fs.existsSync(\"node_modules/\" + name)).join(\" \")'")
  [ -z "$found" ] || fail "missing: $found"
  ok 'every dependency'
  # ELF: something bound to a C library, which another base would not run.
  found=$(in_image 'find /app -type f -exec grep -laEm1 "^$(printf "\\177")ELF" {} + | head -5')
  [ -z "$found" ] || fail "native code: $found"
  ok 'no native code'
  found=$(in_image 'touch /app/x 2>/dev/null && echo writable; true')
  [ -z "$found" ] || fail 'its own user may change the code'
  ok 'its own user cannot change the code'
  found=$(in_image 'cat /app/sbom.cdx.json' | "$node" -e '
    const { components } = JSON.parse(require("node:fs").readFileSync(0, "utf8"))
    const named = new Set(components.map(({ group, name }) => (group ? `${group}/${name}` : name)))
    const { dependencies } = JSON.parse(require("node:fs").readFileSync("package.json", "utf8"))
    console.log(Object.keys(dependencies).filter((name) => !named.has(name)).join(" "))')
  [ -z "$found" ] || fail "not in the list of contents: $found"
  in_image 'cd /app && test -s LICENCES.txt && grep -q react-dom sbom-board.cdx.json && grep -q libc os-packages.txt' || fail 'no list of licences, of the board or of the base'
  ok 'contents and licences are listed'
  found=$(in_image 'cd /app && node src/ops/main.ts version') || fail 'the image does not say its version without settings'
  printf '%s\n' "$found" | grep -q '^release' || fail "the image says '$found' for its version"
  # One start that refuses its settings; what it found compiled and what it had to compile.
  found=$(in_image 'cd /app && ROLES=none NODE_DEBUG_NATIVE=COMPILE_CACHE node src/main.ts 2>&1 | grep -oE "was (accepted|rejected|not initialized)" | sort | uniq -c | xargs')
  case "$found" in *' was accepted') ok "it starts compiled ($found)" ;; *) fail "it compiles at its start: $found" ;; esac
}

check_containers() {
  local role id
  for role in api listener worker; do
    id=$(container "$role")
    [ "$(docker inspect -f '{{.State.Health.Status}}' "$id")" = healthy ] || fail "$role is not healthy"
    docker exec "$id" node -e 'fetch("http://127.0.0.1:3000/readyz").then((a) => process.exit(a.ok ? 0 : 1))' ||
      fail "$role is not ready"
    docker exec "$id" sh -c 'touch /app/x /home/node/x /var/tmp/x 2>/dev/null' && fail "$role can write to its root"
    [ "$(docker exec "$id" sh -c 'id -u; sed -n "s/^CapBnd:[[:space:]]*//p" /proc/self/status' | xargs)" = '1000 0000000000000000' ] ||
      fail "$role has more rights than it needs"
    ok "$role: healthy, ready, not root, no capabilities, read-only"
  done
}

# check_login TEXT: how the workers stand to the wall between tenants. The walk's doctor finds no real mall, which is not asked here.
check_login() {
  docker exec "$(container worker)" node src/ops/main.ts doctor >"$work/output" || true
  grep -q "^OK  tenants .*workers $1" "$work/output" || fail "doctor does not say that workers work $1: $(grep tenants "$work/output")"
  ok "workers $1"
}

# What the sandbox wants to be called by against what docker-compose.sandbox.yml says: no call may go to a real mall.
check_environment() {
  docker exec "$(container worker)" env | sort >"$work/environment"
  "$node" -e '
    const { readFileSync } = require("node:fs")
    const given = new Set(readFileSync(process.argv[1], "utf8").split("\n"))
    const { environment } = JSON.parse(readFileSync(0, "utf8"))
    const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
    console.log(lines.filter((line) => !given.has(line)).join(" "))' "$work/environment" \
    < <(curl -fsS "$SANDBOX_URL/setup") >"$work/output"
  [ "$(cat "$work/output")" = '' ] || fail "docker-compose.sandbox.yml lacks $(cat "$work/output")"
  ok 'every mall is the sandbox'
}

# Killed from inside: docker would take its own `docker kill` for a wish to have it stopped.
kill_inside() { docker exec "$1" sh -c 'kill -9 -1' || true; }

# 102F is the port of the sandbox's IMAP server, 01 an open connection.
holder_of_mailbox() {
  local id
  for id in $(all ps -q listener); do
    if docker exec "$id" grep -q ':102F 01 ' /proc/net/tcp; then
      printf '%s\n' "$id"
      return
    fi
  done
  fail 'no listener is connected to the mailbox'
}

must_have_restarted() {
  local restarts
  restarts=$(docker inspect -f '{{.RestartCount}}' "$1")
  [ "$restarts" -ge 1 ] || fail 'the killed container was not started again'
  ok "the killed container was started again ($restarts)"
}

must_have_ended_well() {
  local role id code
  for role in "$@"; do
    id=$(all ps -aq "$role" | head -1)
    code=$(docker inspect -f '{{.State.ExitCode}}' "$id")
    [ "$code" = 0 ] || fail "$role ended with $code"
  done
  ok "$* ended with 0"
}

check_logs() {
  local secret
  all logs --no-log-prefix api listener worker >"$work/logs" 2>&1
  # Shorter ones are no secrets: a log may hold the 60 of SWEEP_INTERVAL_SECONDS.
  for secret in $(sed -nE 's/^[^=]*=(k1:)?(.{16,})$/\2/p' .env) $(sed -n 's/.*"apiKey":"\([^"]*\)".*/\1/p' "$WALK_RECORD"); do
    if grep -qF -- "$secret" "$work/logs"; then fail 'a secret is in the logs'; fi
  done
  ok "no secret in $(wc -l <"$work/logs") lines of log"
}
