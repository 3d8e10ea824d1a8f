# Makes .venv out of the pinned files and tells where things are; sourced by the commands beside it.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$root/.venv
log=$root/var/logs/environment.log
export MAAGAL_FOLDER=${MAAGAL_FOLDER:-$root/var}

die() { echo "maagal: $*" >&2; exit 1; }

# environment run|test: everything in requirements/$1.txt is installed; nothing happens when it is already.
environment() {
    is_ready "$1" || install "$1"
    compile_texts
}

install() {
    mkdir -p -m 700 "$root/var" 2>/dev/null && mkdir -p -m 700 "$root/var/logs" 2>/dev/null && : >>"$log" 2>/dev/null ||
        die "cannot write to $root/var: read-only, full, or somebody else's"
    exec 9>"$root/var/environment.lock"
    ! command -v flock >/dev/null || flock 9 # two at once: the second finds it ready
    is_ready "$1" || make "$1"
    exec 9>&-
}

# The compiled catalogues are not in git; they follow their sources.
compile_texts() {
    local texts=$root/platform/maagal/translations source
    for source in "$texts"/*/LC_MESSAGES/messages.po; do
        [ "${source%.po}.mo" -nt "$source" ] || "$venv/bin/pybabel" -q compile -d "$texts" || die "could not compile $texts"
    done
}

is_ready() { cmp -s "$root/requirements/$1.txt" "$venv/$1.txt" && "$venv/bin/python" -c '' 2>/dev/null; }

make() {
    echo "installing the pinned packages into .venv (once)" >&2 # a command's own output stays its own
    : >"$log"
    "$venv/bin/python" -c '' 2>/dev/null || make_venv
    index_settings
    "$venv/bin/python" -m pip install --quiet --require-hashes -r "$root/requirements/uv.txt" >>"$log" 2>&1 &&
        "$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --index-strategy unsafe-best-match \
            --require-hashes --no-deps -r "$root/requirements/$1.txt" >>"$log" 2>&1 ||
        "$venv/bin/python" -m pip install --quiet --require-hashes --no-deps -r "$root/requirements/$1.txt" >>"$log" 2>&1 ||
        die "could not install the packages: $(last_error) (whole story: $log)"
    # Both source roots, relative, so that a moved checkout still works and no build tool is needed to run.
    printf '../../../../platform\n../../../..\n' >"$(echo "$venv"/lib/python3*/site-packages)/maagal-roots.pth"
    [ "$1" = run ] || cp "$root/requirements/run.txt" "$venv/run.txt" # test holds all of run
    cp "$root/requirements/$1.txt" "$venv/$1.txt" || die "could not finish .venv: is the disk full?"
}

make_venv() {
    local python
    python=$(find_python) || die "needs Python 3.11 or newer as python3"
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update >>"$log" 2>&1 &&
            apt-get install -y python3-venv >>"$log" 2>&1 || die "Python's venv is missing: apt-get install python3-venv"
    fi
    "$python" -m venv --clear "$venv" >>"$log" 2>&1 || die "could not make $venv: $(last_error) (whole story: $log)"
}

find_python() {
    local name
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v "$name" && return
    done
    return 1
}

# uv does not read pip's settings: the same package sources for both, and this machine's certificates.
index_settings() {
    local found
    export UV_SYSTEM_CERTS=true
    found=$(setting index-url); [ -z "$found" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$found}"
    found=$(setting extra-index-url); [ -z "$found" ] || export UV_EXTRA_INDEX_URL="${UV_EXTRA_INDEX_URL:-$found}"
    found=$(setting find-links | tr -s ' \n' ,); [ -z "$found" ] || export UV_FIND_LINKS="${UV_FIND_LINKS:-$found}"
    found=$(setting cert); [ -z "$found" ] || export SSL_CERT_FILE="${SSL_CERT_FILE:-$found}"
}

setting() {
    local name
    name=$(printf %s "PIP_$1" | tr 'a-z-' 'A-Z_')
    printf %s "${!name:-$("$venv/bin/python" -m pip config get "global.$1" 2>/dev/null || true)}"
}

last_error() {
    { grep -ioE '(no space left|read-only file|permission denied|error:).*' "$log" || tail -1 "$log"; } | head -1
}
