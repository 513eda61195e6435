# Settings and helpers of up, down and status.  Sourced, never run.
# Everything the clouds own lives under $STATE; nothing is written into the checkout.

STATE=${CLOUDS_STATE:-/srv/lifeboat-clouds}
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PY=/usr/bin/python3            # Debian's own: the services and their libraries are its packages
export STATE PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
PROXIES=$(env | grep -iE "^(https?|no)_proxy=")          # apt may need them, loopback must not
unset HTTP_PROXY HTTPS_PROXY http_proxy https_proxy PYTHONPATH PYTHONHOME
ulimit -n 65536 2>/dev/null || ulimit -n "$(ulimit -Hn)"

ALL_CLOUDS="primary recovery"

# Each cloud has its own loopback address, so that every service keeps its
# well-known port.
cloud_ip()     { case $1 in primary) echo 127.0.0.1;; recovery) echo 127.0.0.2;; esac; }
cloud_region() { case $1 in primary) echo RegionA;;   recovery) echo RegionB;;   esac; }
# Floating range, first three bytes.  The host is .1, so guests can be reached from it.
cloud_ext()    { case $1 in primary) echo 172.24.4;;  recovery) echo 172.24.5;;  esac; }
# One stable uuid per cloud: the Ceph fsid, which is also the libvirt secret's id.
fsid()         { case $1 in primary)  echo 11111111-aaaa-4aaa-8aaa-000000000001;;
                            recovery) echo 22222222-bbbb-4bbb-8bbb-000000000002;; esac; }
is_cloud()     { case $1 in primary|recovery) return 0;; esac; return 1; }

API_PORTS="5000 9292 8778 9696 8774 8776"           # keystone glance placement neutron nova cinder
HEAT_PORT=8004
CEPH_PORTS="3300 6789 6800-6823"

log()    { printf '%s %4ds  %s\n' "$(date +%T)" "$SECONDS" "$*" >&2; }
die()    { log "FAILED: $*"; exit 1; }
# The machine cannot run the clouds: not a failure of theirs.  Callers go on without.
cannot() { printf 'clouds cannot run here: %s\n' "$*" >&2; exit 75; }

# The comment at the head of the running script is its manual.
usage() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2; exit 2; }

password() {
    local f=$STATE/password
    [ -s "$f" ] || (umask 077; head -c 9 /dev/urandom | base64 | tr '+/' 'ab' >"$f")
    cat "$f"
}

# One up or down at a time.  Daemons must not inherit the lock, see start.
take_lock() {
    exec 9>"$STATE/lock"
    flock -n 9 || { log "another up or down is at work; waiting"; flock 9; }
}

# stamp NAME CMD...: run CMD once; remember success under $STATE/done.
stamp() {
    local s=$STATE/done/$1; shift
    [ -e "$s" ] && return 0
    "$@" && mkdir -p "$STATE/done" && touch "$s"
}

# wait_for WHAT SECONDS CMD...
wait_for() {
    local what=$1 secs=$2 end; shift 2
    end=$((SECONDS + secs))
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -ge $end ] && die "$what not ready after ${secs}s"
        sleep 0.3
    done
}
port_open() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }
# uwsgi listens long before the application is loaded; only an answer counts
answers()   { curl -s -o /dev/null -m 20 --noproxy '*' "http://$1:$2/"; }

# ---- daemons without an init ---------------------------------------------
# A daemon is a file in $STATE/run with its pid and start time (so that a pid
# used again after a reboot fools nobody) and a log in $STATE/log.  setsid makes
# it the leader of a session: its workers are found and ended with it.
started_at() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
pid_of()     { cut -d' ' -f1 "$STATE/run/$1.pid" 2>/dev/null; }
running() {
    local p t
    read -r p t 2>/dev/null <"$STATE/run/$1.pid" && [ -n "$p" ] && [ "$(started_at "$p")" = "$t" ]
}

# start NAME CMD...
start() {
    local name=$1 p; shift
    running "$name" && return 0
    setsid "$@" >>"$STATE/log/$name.log" 2>&1 </dev/null 9>&- 8>&- &
    p=$!
    echo "$p $(started_at $p)" >"$STATE/run/$name.pid"
}

# stop NAME [SECONDS]: TERM to the session, KILL after a while.  0: KILL at once.
stop() {
    local name=$1 patience=${2:-10} p i
    if running "$name"; then
        p=$(pid_of "$name")
        if [ "$patience" != 0 ]; then
            kill -TERM -- "-$p" 2>/dev/null || kill -TERM "$p" 2>/dev/null
            for ((i = 0; i < patience * 10; i++)); do kill -0 "$p" 2>/dev/null || break; sleep 0.1; done
        fi
        pkill -KILL -s "$p" 2>/dev/null
    fi
    rm -f "$STATE/run/$name.pid"
}

# Daemons on record: all, or of one cloud.
daemons() {
    local f
    for f in "$STATE/run/${1:+$1-}"*.pid; do [ -e "$f" ] && basename "$f" .pid; done
}

# in_cloud CLOUD CMD...: run CMD on the cloud's "host" (network + mount namespace).
in_cloud() { local c=$1; shift; nsenter -m -n -t "$(pid_of "$c-ns")" -- "$@"; }

# The clouds' options: set by flags of up, remembered for the next call.
load_options() { WITH_HEAT=0 WITH_MIRROR=0; [ -e "$STATE/options" ] && . "$STATE/options"; :; }
save_options() { printf 'WITH_HEAT=%s\nWITH_MIRROR=%s\n' "$WITH_HEAT" "$WITH_MIRROR" >"$STATE/options"; }

# A lost site answers nothing, not even "refused" (down --blackhole).
blackhole() { # -A|-D CLOUD
    local p
    for p in $API_PORTS $HEAT_PORT; do
        if [ "$1" = -D ]; then
            while iptables -w -D INPUT -d "$(cloud_ip "$2")" -p tcp --dport "$p" -j DROP 2>/dev/null; do :; done
        else
            iptables -w -A INPUT -d "$(cloud_ip "$2")" -p tcp --dport "$p" -j DROP || return 1
        fi
    done
}
