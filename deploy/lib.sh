# Shell functions that deploy/run, tests/run and their kin share. Source it; it changes nothing by itself.

say() { printf '%s\n' "$*" >&2; }
fail() { say "error: $*"; exit 1; }

# as_root COMMAND...: as it is for root, else with sudo.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else fail "packages must be installed: run this as root, or install sudo"
  fi
}

# need_packages FILE...: installs those of the listed Debian packages that are missing, and nothing when none is.
need_packages() {
  local wanted missing
  wanted=$(cat "$@" | sed 's/#.*//' | awk 'NF')
  missing=$(for package in $wanted; do
    dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -q '^installed$' || echo "$package"
  done)
  [ -n "$missing" ] || return 0
  say "installing $(echo "$missing" | wc -l) Debian packages ..."
  as_root apt-get update -qq
  # shellcheck disable=SC2086  # A list of words is what apt wants.
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null ||
    fail "apt-get could not install: $(echo $missing)"
}

# need_encoder: the library that runs the encoder (headers and libraries of a PyPI wheel), in .tools/venv. Where it cannot
# be had the build goes on without: the linear heads answer. HOTLINE_ENCODER=OFF does not even try.
need_encoder() {
  [ "${HOTLINE_ENCODER:-AUTO}" != OFF ] || return 0
  ! cmp -s deploy/requirements.txt .tools/encoder.txt || return 0
  say "installing the encoder's library ..."
  if { [ -x .tools/venv/bin/pip ] || python3 -m venv .tools/venv; } &&
    .tools/venv/bin/pip install -q --disable-pip-version-check --no-deps -r deploy/requirements.txt; then
    cp deploy/requirements.txt .tools/encoder.txt
  else
    say "the encoder's library could not be installed: without it the linear heads answer alone"
  fi
}

# build PRESET TARGET... : configures build/PRESET if need be, and builds; quiet unless it fails or takes long.
build() {
  local preset=$1
  shift
  if [ ! -f "build/$preset/build.ninja" ] || [ .tools/encoder.txt -nt "build/$preset/build.ninja" ]; then
    cmake --preset "$preset" -DHOTLINE_TESTS="${HOTLINE_TESTS:-OFF}" -DHOTLINE_ENCODER="${HOTLINE_ENCODER:-AUTO}" \
      >"/tmp/hotline-cmake.$$" || { cat "/tmp/hotline-cmake.$$" >&2; fail "cmake failed"; }
    say "$(sed -n 's/^-- Encoder: /encoder: /p' "/tmp/hotline-cmake.$$")"
  fi
  rm -f "/tmp/hotline-cmake.$$"
  ninja -C "build/$preset" "$@" >&2
}

# server_address LOG: where the server that writes LOG answers; nothing until it does.
server_address() { sed -n 's/^hotline is up at \([^ ,]*\).*/\1/p' "$1" | tail -n 1; }

# free_port: one of 127.0.0.1 that nobody listens at, below those that outgoing connections are given, so that none of them
# takes it while its server is down.
free_port() {
  local port
  while :; do
    port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}
