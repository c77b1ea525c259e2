#!/bin/sh
# In the containers of docker-compose.archive.yml; docs/operations/postgres.md says what for.
#   keep             receives each change (WAL) as it is written, makes a base backup each day, and drops what no put-back of the last
#                    ARCHIVE_KEEP_DAYS needs
#   check            whether it receives
#   put-back [TIME]  makes the database what it was at TIME, or without one all that was received; the old one is set aside
# A history of the database (a server and its timeline) has a folder: <system identifier>-<timeline>/{wal,base}.
set -eu
umask 077
slot=torikomi_archive

say() { printf '%s\n' "$*" >&2; }
ask() { psql -XAtqc "$1"; }

keep() {
  export PGHOST=/var/run/postgresql PGUSER="${PGUSER:-torikomi}" PGDATABASE="${PGDATABASE:-torikomi}"
  cd /var/lib/postgresql
  until pg_isready -q; do sleep 1; done
  history=$(history_now)
  mkdir -p "$history/wal" "$history/base"
  # One that was away too long has lost its place: what follows is a new beginning, by a base backup of now.
  if [ "$(ask "select wal_status from pg_replication_slots where slot_name = '$slot'")" = lost ]; then
    say "the archive was away for longer than the server kept changes for it (ARCHIVE_BEHIND): what is between is missing, and a base backup follows"
    ask "select pg_drop_replication_slot('$slot')"
    mv "$history" "$history.until-$(date -u +%Y-%m-%dT%H%M%SZ)"
    mkdir -p "$history/wal" "$history/base"
  fi
  pg_receivewal --slot "$slot" --create-slot --if-not-exists
  pg_receivewal --directory "$history/wal" --slot "$slot" --synchronous --no-loop &
  receiver=$!
  trap 'kill "$receiver" 2>/dev/null; wait "$receiver"; exit 0' TERM INT
  while kill -0 "$receiver" 2>/dev/null; do
    # A server that was put back or promoted since: from the beginning, into another folder.
    [ "$(history_now)" = "$history" ] || exit 1
    base_if_due
    sleep "${ARCHIVE_LOOK_SECONDS:-30}" &
    wait $!
  done
  say 'the server is away'
  exit 1
}

history_now() {
  ask "select system_identifier || '-' || timeline_id from pg_control_system(), pg_control_checkpoint()"
}

# A base backup is named by when it ended (UTC): the database can be put back to any moment after it.
base_if_due() {
  newest=$(ls "$history/base" | grep -v partial | tail -1)
  due=$(date -u -d "@$(($(date +%s) - 86400))" +%Y-%m-%dT%H%M%SZ)
  if [ -n "$newest" ] && expr "$newest" \> "$due" >/dev/null; then return; fi
  rm -rf "$history"/base/*.partial
  pg_basebackup --pgdata "$history/base/new.partial" --format tar --gzip --checkpoint fast --no-password
  tar xzOf "$history/base/new.partial/base.tar.gz" backup_label | sed -n 's/^START WAL LOCATION.*file \([0-9A-F]*\).*/\1/p' >"$history/base/new.partial/first-wal"
  sync
  mv "$history/base/new.partial" "$history/base/$(date -u +%Y-%m-%dT%H%M%SZ)"
  say "base backup: $(du -sh "$history/base" | cut -f1) of base backups, $(du -sh "$history/wal" | cut -f1) of changes"
  drop_old
}

# The newest base backup that is old enough is the one that the oldest moment is put back from.
drop_old() {
  oldest=$(date -u -d "@$(($(date +%s) - ${ARCHIVE_KEEP_DAYS:-7} * 86400))" +%Y-%m-%dT%H%M%SZ)
  from=''
  for base in $(ls "$history/base" | grep -v partial); do
    if expr "$base" \> "$oldest" >/dev/null; then break; fi
    from=$base
  done
  [ -n "$from" ] || return 0
  for base in $(ls "$history/base" | grep -v partial); do
    if expr "$base" \< "$from" >/dev/null; then rm -rf "${history:?}/base/$base"; fi
  done
  pg_archivecleanup "$history/wal" "$(cat "$history/base/$from/first-wal")"
  # Histories of before, once their last change is older.
  for other in *-*; do
    if [ "$other" != "$history" ] && [ -z "$(find "$other" -type f -mtime "-${ARCHIVE_KEEP_DAYS:-7}" | head -1)" ]; then rm -rf "$other"; fi
  done
}

check() {
  export PGHOST=/var/run/postgresql PGUSER="${PGUSER:-torikomi}" PGDATABASE="${PGDATABASE:-torikomi}"
  [ "$(ask "select active from pg_replication_slots where slot_name = '$slot'")" = t ]
}

# As root in a container of its own: the server's entrypoint becomes its user.
put_back() {
  target=${1:-}
  (umask 022 && mkdir -p "$(dirname "$PGDATA")")
  # A server that died has left its postmaster.pid behind; one that works answers under its name.
  if pg_isready -q -h postgres; then
    say "the server works: docker compose stop api listener worker archive postgres"
    exit 1
  fi
  moment=$(date -u ${target:+-d "$target"} +%Y-%m-%dT%H%M%SZ) || {
    say "'$target' is no time; as '2026-11-29 10:15:00+09:00'"
    exit 1
  }
  base=$(find /archive/*/base -mindepth 1 -maxdepth 1 ! -name '*.partial' | awk -F/ -v moment="$moment" '$NF <= moment { print $NF, $0 }' | sort | tail -1 | cut -d' ' -f2)
  [ -n "$base" ] || {
    say "no base backup from before $moment: $(cd /archive && ls -d ./*/base/* 2>/dev/null | tr '\n' ' ')"
    exit 1
  }
  wal=$(dirname "$(dirname "$base")")/wal
  aside=$PGDATA.until-$(date -u +%Y-%m-%dT%H%M%SZ)
  say "from the base backup $(basename "$base")${target:+, up to $target}"
  [ ! -e "$PGDATA" ] || mv "$PGDATA" "$aside"
  mkdir -m 700 "$PGDATA"
  tar xzf "$base/base.tar.gz" -C "$PGDATA"
  tar xzf "$base/pg_wal.tar.gz" -C "$PGDATA/pg_wal"
  cat >>"$PGDATA/postgresql.auto.conf" <<END
restore_command = 'sh /wal-archive.sh fetch "$wal" "%f" "%p"'
recovery_target_time = '$target'
recovery_target_timeline = 'current'
recovery_target_action = 'promote'
END
  : >"$PGDATA/recovery.signal"
  chown -R postgres "$PGDATA"
  docker-entrypoint.sh postgres -c listen_addresses= >/tmp/recovery.log 2>&1 &
  server=$!
  until [ "$(psql -U "${POSTGRES_USER:-torikomi}" -d postgres -XAtqc 'select not pg_is_in_recovery()' 2>/dev/null)" = t ]; do
    kill -0 "$server" 2>/dev/null || {
      tail -20 /tmp/recovery.log >&2
      rm -rf "$PGDATA"
      [ ! -e "$aside" ] || mv "$aside" "$PGDATA"
      say 'it could not be put back; the database is what it was'
      exit 1
    }
    sleep 1
  done
  for name in restore_command recovery_target_time recovery_target_timeline recovery_target_action; do
    psql -U "${POSTGRES_USER:-torikomi}" -d postgres -XAtqc "alter system reset $name"
  done
  grep -E 'recovery stopping|last completed transaction|selected new timeline' /tmp/recovery.log >&2 || true
  kill -INT "$server"
  wait "$server" || true
  say "done. The database of before is in $aside; remove it when nobody needs it."
}

# For the server while it recovers. Which timelines there were is asked of all histories, so that the next one gets a number that none had.
fetch() {
  case $2 in
    *.history) cp "$(find /archive -name "$2" | head -1)" "$3" 2>/dev/null ;;
    # The last one is not full yet.
    *) cp "$1/$2" "$3" 2>/dev/null || cp "$1/$2.partial" "$3" 2>/dev/null ;;
  esac
}

case "${1:-}" in
  keep) keep ;;
  check) check ;;
  put-back) put_back "${2:-}" ;;
  fetch) fetch "$2" "$3" "$4" ;;
  *) say 'keep, check or put-back' && exit 64 ;;
esac
