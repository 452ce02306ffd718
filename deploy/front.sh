#!/bin/sh
# Startet nginx im Container „front“ mit deploy/nginx.conf: Dort heißt die Website www.example.org, und die Anwendung lauscht auf 127.0.0.1:8000.
set -eu
name=${INTMK_BASE_URL#https://}
sed "s/www\.example\.org/${name%/}/g; s/127\.0\.0\.1:8000/\$site/g" /srv/intmk/deploy/nginx.conf >/tmp/site.conf
sed -n 's/^nameserver \([0-9.]*\)$/resolver \1 valid=5s ipv6=off;/p' /etc/resolv.conf | head -1 >/tmp/resolver.conf
exec nginx -g 'daemon off;'
