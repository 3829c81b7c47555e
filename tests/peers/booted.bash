# A Debian that is really booted, in a network of its own, for tests/packaging-boot and tests/packaging-install (which read this file).
# Wants root, debootstrap and systemd-nspawn. The bare Debian is kept in target/packaging, and copied for each run.

bare=target/packaging/bookworm
temporary=$(mktemp -d)
root=$temporary/root
nspawn=

finish() {
    [[ -z $nspawn ]] || { kill "$nspawn" 2>/dev/null && wait "$nspawn"; } || true
    rm -rf "$temporary"
}
trap finish EXIT

if [[ ! -e $bare/.whole ]]; then
    rm -rf "$bare"
    mkdir -p "$bare"
    # From where this machine gets its own packages.
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1)
    debootstrap --variant=minbase --include=systemd,systemd-sysv,adduser,curl,dbus,ca-certificates,openssl,caddy,nginx-light \
        bookworm "$bare" "$mirror" >target/packaging/debootstrap.log
    touch "$bare/.whole"
fi
cp --archive "$bare" "$root"
# As the installer of Debian writes it.
printf "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n" >"$root/etc/hosts"
# Proxies only where they are asked for.
rm -f "$root"/etc/systemd/system/multi-user.target.wants/{caddy,nginx}.service

# Boots it, with the files that are named in its /root.
boot() {
    local state
    cp "$@" "$root/root/"
    systemd-nspawn --quiet --directory "$root" --boot --register=no --keep-unit --private-network >"$temporary/console" 2>&1 &
    nspawn=$!
    for _ in {1..100}; do first_inside >/dev/null && inside true 2>/dev/null && break; sleep 0.2; done
    # Before its bus is there nothing can be asked.
    for _ in {1..100}; do
        state=$(inside systemctl is-system-running --wait 2>/dev/null || true)
        [[ $state == running || $state == degraded ]] && break
        sleep 0.2
    done
    step "booted: ${state:-not}"
}

# The first process inside, seen from here.
first_inside() {
    local child
    for child in $(pgrep --parent "$nspawn"); do
        [[ $(cat "/proc/$child/comm") == systemd ]] && echo "$child" && return
    done
    return 1
}
inside() { nsenter --target "$(first_inside)" --all -- env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive "$@"; }
# A line as somebody types it, in her home.
types() {
    printf '   # %s\n' "$1"
    inside sh -c "cd /root && $1"
}
# A program of this machine in the network of that one.
beside() { nsenter --target "$(first_inside)" --net -- "$@"; }
step() { printf '   -- %s\n' "$*"; }
give_up() {
    echo "   $*" >&2
    inside journalctl --unit fiddlehead --no-pager --lines 40 >&2 || true
    exit 1
}
