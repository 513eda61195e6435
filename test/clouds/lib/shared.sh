# The two daemons both clouds share: MariaDB (a database per service and
# cloud) and RabbitMQ (a virtual host per cloud).  They stay when one cloud is
# taken away.  Sourced by up and down.

start_mariadb() {
    local d=$STATE/shared/mysql
    mkdir -p "$STATE/shared"
    cat >"$STATE/shared/my.cnf" <<CNF
[mariadbd]
datadir = $d
socket = $STATE/shared/mysql.sock
pid-file = $STATE/shared/mysql.pid
bind-address = 127.0.0.1
port = $MARIADB_PORT
user = mysql
skip-name-resolve
character-set-server = utf8mb3
max_connections = 800
innodb_buffer_pool_size = 256M
performance_schema = off
# A test bed: speed before durability.
innodb_flush_log_at_trx_commit = 0
innodb_doublewrite = 0
sync_binlog = 0
CNF
    if [ ! -d "$d/mysql" ]; then
        install -d -o mysql "$d"; chown mysql "$STATE/shared"
        mariadb-install-db --defaults-file="$STATE/shared/my.cnf" --user=mysql --datadir="$d" \
            --auth-root-authentication-method=socket --skip-test-db >"$STATE/log/mariadb-install.log" 2>&1 ||
            die "mariadb-install-db (log/mariadb-install.log)"
    fi
    start mariadb mariadbd --defaults-file="$STATE/shared/my.cnf"
    wait_for mariadb 60 sql -e 'select 1'
}
MARIADB_PORT=3306
sql() { mariadb --defaults-file=/dev/null -S "$STATE/shared/mysql.sock" -u root "$@"; }

rabbit_env() {
    export HOME=$STATE/shared/rabbitmq RABBITMQ_NODENAME=clouds@localhost \
        RABBITMQ_MNESIA_BASE=$STATE/shared/rabbitmq/mnesia RABBITMQ_LOG_BASE=$STATE/log/rabbitmq \
        RABBITMQ_CONFIG_FILE=$STATE/shared/rabbitmq/rabbitmq.conf \
        RABBITMQ_ENABLED_PLUGINS_FILE=$STATE/shared/rabbitmq/plugins \
        RABBITMQ_PID_FILE=$STATE/shared/rabbitmq/pid \
        RABBITMQ_DIST_PORT=25672 ERL_EPMD_ADDRESS=127.0.0.1 \
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1}"
}
rabbitctl() { (rabbit_env; /usr/lib/rabbitmq/bin/rabbitmqctl -q "$@"); }
rabbit_definitions() { $PY "$HERE/tools/rabbit-definitions" "$(password)" "$@"; }

start_rabbitmq() {
    local d=$STATE/shared/rabbitmq
    mkdir -p "$d/mnesia" "$STATE/log/rabbitmq"; chmod 755 "$STATE/shared"
    printf '[].' >"$d/plugins"
    # Exchanges, durable notification queues, users and vhosts exist before
    # the first service starts, so that no notification is ever lost.
    rabbit_definitions $ALL_CLOUDS >"$d/definitions.json"
    cat >"$d/rabbitmq.conf" <<CNF
listeners.tcp.1 = 127.0.0.1:5672
listeners.tcp.2 = 127.0.0.2:5672
loopback_users = none
load_definitions = $d/definitions.json
vm_memory_high_watermark.absolute = 1GB
disk_free_limit.absolute = 100MB
log.file.level = warning
CNF
    running rabbitmq || (
        rabbit_env
        # two Erlang schedulers, none of them waiting busily
        export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="$RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS +S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none"
        start rabbitmq /usr/lib/rabbitmq/bin/rabbitmq-server
    )
    wait_for rabbitmq 90 port_open 127.0.0.2 5672
}

stop_shared() {
    stop rabbitmq 20 & stop mariadb 20 & wait
    # Erlang's port mapper outlives RabbitMQ; it refuses while another node uses it
    ERL_EPMD_ADDRESS=127.0.0.1 epmd -kill >/dev/null 2>&1 || :
}

# Everything of one cloud that lives in the shared daemons, for "down CLOUD --purge".
purge_shared() {
    local c=$1 d
    if running mariadb; then
        for d in $(sql -N -e "select schema_name from information_schema.schemata where schema_name like '${c}\\_%'"); do
            sql -e "drop database \`$d\`"
        done
    fi
    if running rabbitmq; then
        rabbitctl delete_vhost "$c" && rabbit_definitions $ALL_CLOUDS >"$STATE/shared/rabbitmq/definitions.json" &&
            rabbitctl import_definitions "$STATE/shared/rabbitmq/definitions.json"
    fi
}
