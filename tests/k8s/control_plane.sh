# A control plane of Kubernetes on 127.0.0.1, with etcd behind it, for tests/k8s/apiserver and tests/k8s/rollout, which
# source this after deploy/lib.sh. It ends with the command, however that ends. Needs Go and Debian's etcd-server. The first
# run compiles its programs, for 10 to 40 minutes, and only in time of the processor that nothing else wants.
work=
processes=()
parts=()

# compile PROGRAM FOLDER PACKAGE FLAGS: .tools/PROGRAM out of a package of the Go module in FOLDER, unless it is there already.
compile() {
  local program=$PWD/.tools/$1 folder=$2 package=$3 flags=$4 sources
  sources=$(cat "$folder"/go.mod "$folder"/go.sum; [ ! -f "$folder/main.go" ] || cat "$folder/main.go")
  ! cmp -s - "$program.sources" <<<"$sources" || return 0
  command -v go >/dev/null || fail "$1 is compiled from Go modules: install Go 1.24 or later"
  say "compiling $1 ..."
  mkdir -p .tools
  tests/lint/idly go -C "$folder" build -p 1 -trimpath -ldflags "-s -w $flags" -o "$program" "$package" ||
    fail "$1 could not be compiled"
  cat >"$program.sources" <<<"$sources"
}

# need_control_plane: its program and kubectl are in .tools.
need_control_plane() {
  compile control-plane tests/k8s/control_plane_program . '-X k8s.io/component-base/version.gitVersion=v1.34.1'
  need_packages /dev/stdin <<<etcd-server
  tests/k8s/kubectl --fetch
}

# need_kwok: and the program that plays nodes.
need_kwok() { compile kwok tests/k8s/kwok_program sigs.k8s.io/kwok/cmd/kwok ''; }

kubectl() { tests/k8s/kubectl "$@"; }

# start PART COMMAND...: in the background, its words in $work/PART.log.
start() {
  local part=$1
  shift
  "$@" >"$work/$part.log" 2>&1 &
  processes+=($!)
  parts+=("$part")
}

# ended: names the parts that should be running and are not.
ended() {
  local i
  for i in "${!parts[@]}"; do
    kill -0 "${processes[i]}" 2>/dev/null || say "${parts[i]} has ended"
  done
}

finish() {
  local status=$?
  trap - EXIT INT TERM
  if [ "$status" != 0 ] && [ -n "$work" ]; then tail -n 5 "$work"/*.log | cut -c 1-400 >&2; fi
  # The last started first: who asks the API server goes before it.
  for ((i = ${#processes[@]} - 1; i >= 0; i--)); do kill -TERM "${processes[i]}" 2>/dev/null || true; done
  # A server waits for calls that are open, for a minute and more.
  for ((i = 0; i < 100; i++)); do
    [ -n "$(jobs -rp)" ] || break
    sleep 0.1
  done
  for process in $(jobs -rp); do kill -KILL "$process" 2>/dev/null || true; done
  wait
  rm -rf "$work"
  exit "$status"
}

# start_api_server: etcd and kube-apiserver; $work and KUBECONFIG, with which kubectl is the administrator of it.
start_api_server() {
  trap finish EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  work=$(mktemp -d)
  local etcd port token
  etcd=http://127.0.0.1:$(free_port)
  start etcd etcd --data-dir "$work/etcd" --listen-client-urls "$etcd" --advertise-client-urls "$etcd" \
    --listen-peer-urls "http://127.0.0.1:$(free_port)" --unsafe-no-fsync

  port=$(free_port)
  token=$(head -c 24 /dev/urandom | base64 | tr -d '/+=')
  (umask 077
    openssl genrsa -out "$work/accounts.key" 2048 2>/dev/null
    echo "$token,admin,admin,system:masters" >"$work/tokens")
  # Lists that are watches need a later etcd than Debian's.
  start apiserver .tools/control-plane kube-apiserver --etcd-servers "$etcd" --bind-address 127.0.0.1 --advertise-address 127.0.0.1 \
    --secure-port "$port" --cert-dir "$work/certificates" --token-auth-file "$work/tokens" --authorization-mode RBAC \
    --allow-privileged --service-account-issuer https://hotline.test --service-account-key-file "$work/accounts.key" \
    --service-account-signing-key-file "$work/accounts.key" --service-cluster-ip-range 10.255.0.0/24 \
    --endpoint-reconciler-type none --feature-gates WatchList=false
  server=${processes[-1]}

  export KUBECONFIG=$work/kubeconfig
  cat >"$KUBECONFIG" <<YAML
apiVersion: v1
kind: Config
clusters: [{name: here, cluster: {server: "https://127.0.0.1:$port", certificate-authority: "$work/certificates/apiserver.crt", tls-server-name: kubernetes.default}}]
users: [{name: admin, user: {token: "$token"}}]
contexts: [{name: here, context: {cluster: here, user: admin}}]
current-context: here
YAML
  SECONDS=0  # Compiling does not count.
  until kubectl get --raw /readyz >/dev/null 2>"$work/kubectl.log"; do
    kill -0 "$server" 2>/dev/null || fail "kube-apiserver ended"
    [ "$SECONDS" -lt 120 ] || fail "kube-apiserver is not ready"
    sleep 0.2
  done
}

server_version() { kubectl version -o json | sed -n '/serverVersion/,$s/.*"gitVersion": "\(.*\)".*/\1/p'; }

# mebibytes PROCESS...: what they hold of the memory, together.
mebibytes() { ps -o rss= -p "$(IFS=,; echo "$*")" | awk '{ sum += $1 } END { print int(sum / 1024) }'; }

# define_keda: KEDA's kinds; nobody acts on them here.
define_keda() {
  kubectl apply -f third_party/keda/keda.sh_scaledobjects.yaml -f third_party/keda/keda.sh_triggerauthentications.yaml >/dev/null
  kubectl wait --for condition=established --timeout 30s crd/scaledobjects.keda.sh crd/triggerauthentications.keda.sh >/dev/null
}
