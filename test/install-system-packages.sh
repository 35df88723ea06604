#!/usr/bin/env bash
# Installs the Debian packages that some tests need, where they are missing:
#   chromium           the browser tests of /chat
#   nginx-light        the tests of nginx/nginx.conf
#   openssl            the self-signed certificate of those
# Without them these tests are skipped and say so. Installing takes root; others are told what to do.
set -euo pipefail

# nginx lives in /usr/sbin, which is not on everybody's PATH.
PATH=$PATH:/usr/sbin

missing=()
command -v chromium >/dev/null || missing+=(chromium)
command -v nginx >/dev/null || missing+=(nginx-light)
command -v openssl >/dev/null || missing+=(openssl)

if [ ${#missing[@]} -eq 0 ]; then
  exit 0
fi
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "Some tests will be skipped. To run them too, install: ${missing[*]}" >&2
  exit 0
fi

echo "Installing Debian packages for the tests: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null

# Where systemd runs, Debian starts nginx on port 80 as soon as it is installed; nobody asked for that.
if [[ " ${missing[*]} " == *" nginx-light "* ]] && [ -d /run/systemd/system ]; then
  systemctl disable --now --quiet nginx
fi
