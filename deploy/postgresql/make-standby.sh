#!/bin/sh
# Makes an old primary follow the server that was promoted in its place: `rewind.command` of a database in the drivers file.
# Runs as the user that owns the data directory, on its host; from another host through ssh, say. May be run again at any time.
#
#   make-standby.sh DATA_DIRECTORY [POSTGRES_BIN_DIRECTORY [CONFIG_FILE...]]
#
# CONFIG_FILEs are kept as they are: pg_rewind would replace those of the data directory by the other server's.
set -eu
data=$1
bin=${2:-$(pg_config --bindir)}
shift; [ $# -eq 0 ] || shift

: "${LIFEBOAT_UPSTREAM_HOST:?}" "${LIFEBOAT_UPSTREAM_PORT:?}" "${LIFEBOAT_UPSTREAM_USER:?}" "${LIFEBOAT_SLOT:?}"
passfile=$data/../lifeboat-$(basename "$data").pgpass
if [ -n "${LIFEBOAT_UPSTREAM_PASSWORD_FILE:-}" ]; then
  umask 077
  printf '%s:%s:*:%s:%s\n' "$LIFEBOAT_UPSTREAM_HOST" "$LIFEBOAT_UPSTREAM_PORT" "$LIFEBOAT_UPSTREAM_USER" \
    "$(tr -d '\n' < "$LIFEBOAT_UPSTREAM_PASSWORD_FILE")" > "$passfile"
fi
upstream="host=$LIFEBOAT_UPSTREAM_HOST port=$LIFEBOAT_UPSTREAM_PORT user=$LIFEBOAT_UPSTREAM_USER passfile=$passfile dbname=${LIFEBOAT_UPSTREAM_DATABASE:-postgres}"

if "$bin/pg_ctl" status --pgdata "$data" > /dev/null; then "$bin/pg_ctl" stop --pgdata "$data" --mode fast --silent >&2; fi

kept=$(mktemp -d)
trap 'rm -rf "$kept"' EXIT
for file in postgresql.conf pg_hba.conf pg_ident.conf "$@"; do
  [ ! -f "$data/$file" ] || cp -p "$data/$file" "$kept/"
done

# pg_rewind goes by the control file of the promoted server, in which the new timeline stands only from the first checkpoint on.
"$bin/psql" --no-psqlrc --quiet --dbname "$upstream" --command checkpoint >&2

# A server that was killed is brought to a clean end first; where both logs do not differ nothing is done.
"$bin/pg_rewind" --target-pgdata "$data" --source-server "$upstream" >&2
cp -p "$kept"/* "$data/"

: > "$data/standby.signal"
sed -i '/^primary_conninfo\|^primary_slot_name\|^default_transaction_read_only/d' "$data/postgresql.auto.conf"
printf "primary_conninfo = '%s'\nprimary_slot_name = '%s'\n" "$upstream" "$LIFEBOAT_SLOT" >> "$data/postgresql.auto.conf"

"$bin/pg_ctl" start --pgdata "$data" --silent --wait --timeout 120 --log "$data/../lifeboat-$(basename "$data").log" >&2
