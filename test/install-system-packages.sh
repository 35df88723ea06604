#!/usr/bin/env bash
# Installs the Debian packages that some tests need, where they are missing:
#   chromium           the browser tests of /chat
#   nginx-light        the tests of nginx/nginx.conf
#   openssl            the self-signed certificate of those
#   postgresql         the tests of the memory in PostgreSQL; they start their own, on a port of their own
#   prometheus         the tests of the alerts and of /metrics; it brings promtool
#   redis-server       the tests with several replicas; they start their own, on a port of their own
# Without them these tests are skipped and say so. Installing takes root; others are told what to do.
set -euo pipefail

# nginx lives in /usr/sbin, which is not on everybody's PATH.
PATH=$PATH:/usr/sbin

missing=()
command -v chromium >/dev/null || missing+=(chromium)
command -v nginx >/dev/null || missing+=(nginx-light)
command -v openssl >/dev/null || missing+=(openssl)
command -v initdb >/dev/null || compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null ||
  missing+=(postgresql)
command -v promtool >/dev/null || missing+=(prometheus)
command -v redis-server >/dev/null || missing+=(redis-server)

if [ ${#missing[@]} -eq 0 ]; then
  exit 0
fi
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "Some tests will be skipped. To run them too, install: ${missing[*]}" >&2
  exit 0
fi

echo "Installing Debian packages for the tests: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive

# Debian makes a database cluster with the package and starts it; nobody asked for that either. Where
# somebody has said how they want it, it stays like that.
cluster_settings=/etc/postgresql-common/createcluster.conf
if [[ " ${missing[*]} " == *" postgresql "* ]] && [ ! -e "$cluster_settings" ]; then
  mkdir -p "$(dirname "$cluster_settings")"
  echo "create_main_cluster = false" >"$cluster_settings"
fi

apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null

# Where systemd runs, Debian starts a server as soon as it is installed; nobody asked for that.
stop_service() {
  if [[ " ${missing[*]} " == *" $1 "* ]] && [ -d /run/systemd/system ]; then
    systemctl disable --now --quiet "$2"
  fi
}
stop_service nginx-light nginx
stop_service prometheus prometheus
stop_service redis-server redis-server
stop_service postgresql postgresql
