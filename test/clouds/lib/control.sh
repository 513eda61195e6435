# Databases, configuration and daemons of one cloud's control plane.  Sourced by up.

DATABASES="keystone glance placement nova nova_api nova_cell0 neutron cinder"

# configure CLOUD [TEMPLATE TARGET]: all configuration of a cloud, or one file.
configure() {
    local c=$1
    $PY "$HERE/tools/configure" "${@:2}" <<VARS
here=$HERE
cloud=$c
ip=$(cloud_ip "$c")
region=$(cloud_region "$c")
fsid=$(fsid "$c")
pass=$(password)
state=$STATE
dir=$STATE/$c
heat=$WITH_HEAT
VARS
}

create_databases() {
    local c=$1 d
    {
        for d in $DATABASES heat; do echo "create database if not exists ${c}_$d;"; done
        echo "create user if not exists '$c'@'%' identified by '$(password)';"
        # the underscore is a wildcard in GRANT, hence the backslash
        echo "grant all on \`${c}\\_%\`.* to '$c'@'%';"
    } | sql
}

keystone_manage()  { local c=$1; shift; keystone-manage --config-file "$STATE/$c/etc/keystone/keystone.conf" "$@"; }
nova_manage()      { local c=$1; shift; nova-manage --config-file "$STATE/$c/etc/nova/nova.conf" "$@"; }

# Migrations cost a minute of both cores.  They run once, for whichever cloud
# comes first; the result is kept and loaded for the other one, and again after
# "down --purge".  The cache belongs to one set of package versions.
fill_databases() {
    local c=$1 d cache
    cache=$STATE/cache/schemas-$(dpkg-query -W -f '${Package}=${Version}\n' \
        keystone-common glance-common placement-common nova-common neutron-common cinder-common 2>/dev/null | sha1sum | cut -c1-10)
    mkdir -p "$cache"
    (
        flock 8
        if [ ! -e "$cache/complete" ]; then
            migrate_databases "$c" || exit 1
            for d in $DATABASES; do
                mariadb-dump --defaults-file=/dev/null -S "$STATE/shared/mysql.sock" -u root "${c}_$d" >"$cache/$d.sql" || exit 1
            done
            touch "$cache/complete"
        else
            flock -u 8
            for d in $DATABASES; do sql "${c}_$d" <"$cache/$d.sql" || exit 1; done
        fi
    ) 8>"$cache/lock" && cell_mappings "$c" && bootstrap_keystone "$c" >"$STATE/log/$c-bootstrap.log" 2>&1
}

migrate_databases() {
    local c=$1 e=$STATE/$1/etc one two=0
    # two chains, of about the same length: that is what two cores can do
    (neutron-db-manage --config-file "$e/neutron/neutron.conf" --config-file "$e/neutron/ml2_conf.ini" upgrade head &&
     placement-manage --config-file "$e/placement/placement.conf" db sync &&
     glance-manage --config-file "$e/glance/glance-api.conf" db_sync) >"$STATE/log/$c-dbsync-1.log" 2>&1 &
    one=$!
    (keystone_manage "$c" db_sync &&
     nova_manage "$c" api_db sync &&
     nova_manage "$c" cell_v2 map_cell0 --database_connection "mysql+pymysql://$c:$(password)@127.0.0.1/${c}_nova_cell0" &&
     nova_manage "$c" db sync &&
     nova_manage "$c" cell_v2 create_cell --name cell1 &&
     cinder-manage --config-file "$e/cinder/cinder.conf" db sync) >"$STATE/log/$c-dbsync-2.log" 2>&1 || two=1
    wait $one && [ $two = 0 ]
}

# Nova's map of cells holds URLs, which differ from cloud to cloud.
cell_mappings() {
    local c=$1 db; db="mysql+pymysql://$c:$(password)@127.0.0.1/${c}"
    sql "${c}_nova_api" -e "
        update cell_mappings set database_connection='${db}_nova_cell0' where name='cell0';
        update cell_mappings set database_connection='${db}_nova', uuid=uuid(),
            transport_url='rabbit://$c:$(password)@$(cloud_ip "$c"):5672/$c' where name='cell1';"
}

bootstrap_keystone() {
    local c=$1 url; url=http://$(cloud_ip "$c"):5000/v3
    keystone_manage "$c" fernet_setup --keystone-user root --keystone-group root &&
    keystone_manage "$c" credential_setup --keystone-user root --keystone-group root &&
    keystone_manage "$c" bootstrap --bootstrap-password "$(password)" --bootstrap-region-id "$(cloud_region "$c")" \
        --bootstrap-public-url "$url" --bootstrap-internal-url "$url" --bootstrap-admin-url "$url"
}

# wsgi CLOUD NAME PORT PROCESSES THREADS SCRIPT [uwsgi options]
# Environment for the service comes from the caller.
# uwsgi closes the connection after each answer without saying so; clients that
# believe in keep-alive then now and then get "connection reset by peer".
wsgi() {
    local c=$1 name=$2 port=$3 procs=$4 threads=$5 script=$6; shift 6
    start "$c-$name" uwsgi --plugin python3 --http-socket "$(cloud_ip "$c"):$port" \
        --wsgi-file "$script" --processes "$procs" --threads "$threads" --enable-threads \
        --lazy-apps --need-app --die-on-term --no-orphans --thunder-lock --buffer-size 65535 --listen 100 --socket-timeout 60 \
        --add-header "Connection: close" --procname-prefix "$c-$name " --disable-logging "$@"
}

start_keystone() {
    local c=$1
    OS_KEYSTONE_CONFIG_FILES=$STATE/$c/etc/keystone/keystone.conf wsgi "$c" keystone 5000 1 4 /usr/bin/keystone-wsgi-public
    wait_for "keystone $c" 60 answers "$(cloud_ip "$c")" 5000
    stamp "$c-identity-heat$WITH_HEAT" identity "$c" || { sleep 2; identity "$c"; } || die "identity of $c (log/$c-identity.log)"
}
identity() {
    $PY "$HERE/tools/identity" "$(cloud_ip "$1")" "$(cloud_region "$1")" "$(password)" "$WITH_HEAT" >"$STATE/log/$1-identity.log" 2>&1
}

# Keystone, and what it needs, while Ceph makes itself in parallel.
start_base() {
    local c=$1 ceph
    configure "$c" || die "configuration of $c"
    create_databases "$c" || die "databases of $c"
    start "$c-memcached" memcached -u root -l "$(cloud_ip "$c")" -p 11211 -m 32 -t 1
    (start_ceph "$c"; log "$c: ceph up") & ceph=$!
    stamp "$c-databases" fill_databases "$c" || die "databases of $c (log/$c-dbsync-*.log, log/$c-bootstrap.log)"
    start_keystone "$c"; log "$c: keystone up"
    wait $ceph || exit 1
}

start_control() {
    local c=$1 e=$STATE/$1/etc
    # its default: a chunk of an upload (Transfer-Encoding: chunked) of 1 MiB resets the connection
    OS_GLANCE_CONFIG_DIR=$e/glance wsgi "$c" glance-api 9292 1 6 /usr/bin/glance-wsgi-api --chunked-input-limit 67108864 --chunked-input-timeout 60
    OS_PLACEMENT_CONFIG_DIR=$e/placement wsgi "$c" placement-api 8778 1 4 /usr/bin/placement-api
    start "$c-neutron-server" neutron-server --config-file "$e/neutron/neutron.conf" --config-file "$e/neutron/ml2_conf.ini"
    start "$c-nova-conductor" nova-conductor --config-file "$e/nova/nova.conf"
    # nova's and cinder's API are eventlet inside: more processes, not more threads
    OS_NOVA_CONFIG_DIR=$e/nova wsgi "$c" nova-api 8774 2 1 /usr/bin/nova-api-wsgi
    start "$c-nova-scheduler" nova-scheduler --config-file "$e/nova/nova.conf"
    wsgi "$c" cinder-api 8776 2 1 /usr/bin/cinder-wsgi --pyargv "--config-file $e/cinder/cinder.conf"
    start "$c-cinder-scheduler" cinder-scheduler --config-file "$e/cinder/cinder.conf"
    start "$c-cinder-volume" cinder-volume --config-file "$e/cinder/cinder.conf"
    start "$c-cinder-backup" cinder-backup --config-file "$e/cinder/cinder.conf"
    if [ "$WITH_HEAT" = 1 ]; then
        stamp "$c-heat-database" heat-manage --config-file "$e/heat/.heat/heat.conf" db_sync >"$STATE/log/$c-dbsync-heat.log" 2>&1 ||
            die "heat's database of $c (log/$c-dbsync-heat.log)"
        HOME=$e/heat wsgi "$c" heat-api $HEAT_PORT 1 1 /usr/bin/heat-wsgi-api
        start "$c-heat-engine" heat-engine --config-file "$e/heat/.heat/heat.conf"
    fi
}

wait_control() {
    local c=$1 p
    for p in $API_PORTS $([ "$WITH_HEAT" = 1 ] && echo $HEAT_PORT); do
        wait_for "$c port $p" 180 answers "$(cloud_ip "$c")" "$p"
    done
}

write_clouds_yaml() {
    local c
    (
        umask 077
        {
            echo "# Written by up.  Test clouds on loopback; the password opens nothing else."
            echo "# Notifications: rabbit://CLOUD:PASSWORD@ADDRESS:5672/CLOUD, topics"
            echo '# "notifications" and (Nova, versioned) "versioned_notifications".'
            echo "clouds:"
            for c in $ALL_CLOUDS; do
                cat <<YAML
  $c:
    auth_type: password
    auth:
      auth_url: http://$(cloud_ip "$c"):5000/v3
      username: admin
      password: $(password)
      project_name: admin
      user_domain_name: Default
      project_domain_name: Default
    region_name: $(cloud_region "$c")
    identity_api_version: 3
    interface: public
YAML
            done
        } >"$STATE/clouds.yaml.new"
    ) && mv "$STATE/clouds.yaml.new" "$STATE/clouds.yaml"
}

# defaults CLOUD MODE, see tools/defaults
defaults() {
    $PY "$HERE/tools/defaults" "$STATE/clouds.yaml" "$1" "$(cloud_ext "$1")" "$STATE/guest/guest.raw" "$2" >"$STATE/log/$1-defaults.log" 2>&1
}
