#!/usr/bin/env bash
# Puts the certificate that certbot has just got or renewed where nginx reads it, and has nginx take
# it up. certbot calls this as its deploy hook and names the certificate's folder in RENEWED_LINEAGE.
set -euo pipefail

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
lineage=${RENEWED_LINEAGE:?is set by certbot: give this script to certbot as --deploy-hook}

install -m 644 "$lineage/fullchain.pem" "$project/nginx/ssl/cert.pem"
install -m 600 "$lineage/privkey.pem" "$project/nginx/ssl/key.pem"

cd "$project"
COMPOSE_PROFILES=production docker compose exec -T nginx nginx -s reload
